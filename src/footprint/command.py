"""How the command line programs under ``scripts/`` start and how they fail.

A program imports this module among the first. From then on until it runs, Python looks for no
garbage: there is none among modules. To go through them again and again takes a tenth of the time
of their imports, and at the end of the program, once more, a quarter.
"""

import gc
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import typer
from pydantic import ValidationError

from footprint.errors import FootprintError
from footprint.files.storage import as_storage_error

_USUAL = gc.get_threshold()
if Path(sys.argv[0]).parent.name == "scripts":  # not where tests or a notebook import it
    gc.set_threshold(10_000_000)


def run(main: Callable[..., None]) -> None:
    """Run a script's ``main`` with its options taken from the command line.

    Errors that a user can mend are printed as one message with exit code 1; everything else
    is a defect of the program and keeps its traceback.
    """
    gc.freeze()
    gc.set_threshold(*_USUAL)
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("footprint").setLevel(logging.INFO)
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    try:
        app()
    except (FootprintError, ValidationError) as error:
        _fail(error)
    except OSError as error:
        refused = as_storage_error(error)
        if refused is None:
            raise
        _fail(refused)


def _fail(error: Exception) -> NoReturn:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(1)
