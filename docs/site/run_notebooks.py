"""Run the notebooks of the documentation where they stand, and keep what they show."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
SECONDS = 600


def run(path: Path) -> None:
    """Run one notebook; what it shows is kept, without times and what libraries log.

    Raises
    ------
    CellExecutionError
        A cell failed; its traceback is the message.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)


def main() -> None:
    """Run all of them."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        run(path)


if __name__ == "__main__":
    main()
