"""An exported network, ready to answer."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime
from pydantic import ValidationError

from footprint.errors import FileFormatError
from footprint.export.description import KEY, Description
from footprint.files.hdf5 import Array

BATCH = 1024
"""Events that the network sees at once."""


@dataclass(frozen=True)
class Network:
    """An exported network.

    Attributes
    ----------
    session
        ONNX Runtime's.
    said
        What the file says of itself.
    sha256
        Checksum of the file.
    """

    session: Any
    said: Description
    sha256: str

    def answers(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Apply the network to some events.

        Parameters
        ----------
        arrays
            All arrays of `Description.inputs` in physical units, shapes (n, ...), n > 0.

        Returns
        -------
        dict of str to ndarray of float32, shapes (n, ...)
            By `TargetOut.label`, in physical units or as probabilities.
        """
        inputs = {
            entry.name: np.ascontiguousarray(arrays[entry.name], dtype=np.float32)
            for entry in self.said.inputs
        }
        count = len(next(iter(inputs.values())))
        parts = [
            self.session.run(
                list(self.said.output_names),
                {name: values[start : start + BATCH] for name, values in inputs.items()},
            )
            for start in range(0, count, BATCH)
        ]
        whole = (np.concatenate(part) for part in zip(*parts, strict=True))
        return {out.label: values for out, values in zip(self.said.outputs, whole, strict=True)}

    def without_selection(self) -> Self:
        """Forget the data set's selection, and what it alone needs of a file."""
        config = self.said.dataset.model_copy(update={"selection": None})
        made, asked = config.derived_arrays(), config.asked()
        used = {made[array] for array in asked if array in made}
        derived = {name: entry for name, entry in config.derived.items() if name in used}
        dataset = config.model_copy(update={"derived": derived})
        return replace(self, said=self.said.model_copy(update={"dataset": dataset}))


def open_network(path: Path, threads: int = 1) -> Network:
    """Open an exported network.

    Parameters
    ----------
    path
        The ONNX file.
    threads
        Threads to compute with.

    Raises
    ------
    FileFormatError
        The file is missing, not ONNX, or was not written by Footprint.
    """
    if not path.is_file():
        msg = f"network not found: {path} (expected an .onnx file, made by snakemake export)"
        raise FileFormatError(msg)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            path, sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        said = " ".join(str(error).split())[:300]
        msg = f"cannot read {path} as ONNX: {said}. Delete it and export the network again"
        raise FileFormatError(msg) from error
    found = session.get_modelmeta().custom_metadata_map
    if KEY not in found:
        msg = (
            f"{path} has no metadata '{KEY}', found {sorted(found) or 'none'}: it was not exported "
            f"by Footprint, so its units and domain are not known"
        )
        raise FileFormatError(msg)
    try:
        description = Description.model_validate_json(found[KEY])
    except ValidationError as error:
        msg = (
            f"{path}: its metadata is of another version of Footprint ({error.error_count()} "
            f"differences): export the network again"
        )
        raise FileFormatError(msg) from error
    return Network(session, description, hashlib.sha256(path.read_bytes()).hexdigest())
