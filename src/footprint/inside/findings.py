"""What a look inside a network gathers, until it is written."""

import dataclasses
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from footprint.files.atomic import write_text
from footprint.files.hdf5 import Array, ArraySpec
from footprint.files.inside import About, Named, write_inside

log = logging.getLogger(__name__)


@dataclass
class Findings:
    """Arrays and tables of one target, and what they are about."""

    about: About
    arrays: list[Named] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def put(self, name: str, values: Array, description: str, units: str = "") -> None:
        """Keep an array."""
        self.arrays.append((ArraySpec(name, units, description), values))

    def say(self, **facts: Any) -> None:
        """Add to what the file is about."""
        self.about = dataclasses.replace(self.about, **facts)

    def note(self, text: str) -> None:
        """Say what is not shown, or not as it should be, in the log and in the file."""
        log.info("%s", text)
        self.say(notes=(*self.about.notes, text))

    def write(self, folder: Path) -> None:
        """Write ``<target>.h5`` and a CSV file for each table, ``<target>_<table>.csv``."""
        folder.mkdir(parents=True, exist_ok=True)
        target = self.about.target
        for name, table in self.tables.items():
            text = table.to_csv(index=False, lineterminator="\n")
            write_text(folder / f"{target}_{name}.csv", text)
        write_inside(folder / f"{target}.h5", self.about, self.arrays)
