"""Apply an exported network to one new file, aligned with its entries."""

from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Option

from footprint.application.apply import apply
from footprint.application.network import open_network
from footprint.application.reading import new_file
from footprint.command import run
from footprint.config.samples import Files


def main(
    network: Annotated[Path, Option(help="Exported network (.onnx).")],
    name: Annotated[str, Option(help="Name of the application; branches begin with it.")],
    file: Annotated[str, Option(help="File to read, or its address.")],
    output: Annotated[Path, Option(help="Friend tree (.root) or HDF5 (.h5) to write.")],
    sample: Annotated[
        str | None,
        Option(help="Sample as which it is read, as JSON; without it HDF5 with arrays by name."),
    ] = None,
    key: Annotated[str | None, Option(help="What the file is called; without it its name.")] = None,
    selection: Annotated[
        bool, Option(help="Give NaN to rows that the data set's selection leaves out.")
    ] = True,
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Apply an exported network to one new file."""
    config: Files | None = TypeAdapter(Files).validate_json(sample) if sample else None
    opened = open_network(network, threads)
    opened = opened if selection else opened.without_selection()
    source = new_file(file, key or Path(file).name, opened.said, config)
    apply(output, name, opened, source)


if __name__ == "__main__":
    run(main)
