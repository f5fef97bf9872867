"""Run all benchmarks and write their results as one JSON list."""

import json
import platform
import sys
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

sys.path.insert(0, str(Path(__file__).parent))

import build_memory
import default_study_overhead
import footprint_generator
import jet_images
import observatory
import onnx_generator
import onnx_inference
import pythia_jets
import root_ingest
import streaming
import two_cores
import vertical_showers

from footprint.command import run
from footprint.files.atomic import write_text

BENCHMARKS = {
    **{
        module.__name__: module.measure
        for module in (
            vertical_showers,
            build_memory,
            default_study_overhead,
            two_cores,
            streaming,
            root_ingest,
            jet_images,
            footprint_generator,
        )
    },
    **observatory.benchmarks(),
    **pythia_jets.benchmarks(),
    **onnx_inference.benchmarks(),
    **onnx_generator.benchmarks(),
}


def main(
    names: Annotated[list[str] | None, Argument(help="Benchmarks to run; without, all.")] = None,
    output: Annotated[Path, Option(help="JSON file to write.")] = Path("results/benchmarks.json"),
) -> None:
    """Run benchmarks: ours against a peer in the same run; a ratio above 1 means ours is better."""
    results = []
    for name in names or BENCHMARKS:
        result = {"name": name, **BENCHMARKS[name]()}
        results.append(result)
        print(
            f"{name}: ours {result['ours']:.4g}, peer {result['peer']:.4g} {result['unit']}, "
            f"ratio {result['ratio']:.3g}",
            flush=True,
        )
    write_text(output, json.dumps(results, indent=1) + "\n")
    print(f"{output} written ({platform.processor() or platform.machine()})")


if __name__ == "__main__":
    run(main)
