"""Snakemake that looks every second how its SLURM jobs are.

The plugin waits ten seconds longer after each look that found nothing finished, as controllers
with thousands of jobs like it; a test would wait minutes for jobs of seconds.
"""

import asyncio

import snakemake.cli
from snakemake_executor_plugin_slurm import Executor


async def sleep(_):
    await asyncio.sleep(1)


Executor.sleep = sleep
snakemake.cli.main()
