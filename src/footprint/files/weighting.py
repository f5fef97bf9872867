"""What the event weights of a data set follow from, kept in it for others of its kind.

Layout: group ``weighting`` with attribute ``scale``, by which weights that the events bring are
divided; and, where a spectrum is flattened, ``edges`` (bins + 1,), ``factors`` (classes, bins)
and attributes ``array``, ``target``, ``to``, ``resampled``.
"""

from dataclasses import dataclass

import h5py
import numpy as np
from numpy.typing import NDArray

from footprint.files import hdf5
from footprint.files.hdf5 import Array

GROUP = "weighting"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Flattening:
    """Factors that give all classes the same spectrum.

    Attributes
    ----------
    array, target
        Whose spectrum, and the target with the classes.
    to
        ``flat``, or the class whose spectrum the others get.
    resampled
        Whether training events are repeated instead of weighted.
    edges
        Of the bins, shape (bins + 1,).
    factors
        Shape (classes, bins); their mean over the training events of a class is 1.
    """

    array: str
    target: str
    to: str
    resampled: bool
    edges: Floats
    factors: Floats

    def bins(self, values: Array) -> NDArray[np.intp]:
        """Find the bin of each value, shape (n,); beyond the edges the first or the last."""
        found = np.searchsorted(self.edges, values.astype(np.float64), side="right") - 1
        return np.clip(found, 0, len(self.edges) - 2)

    def of(self, numbers: Array, values: Array) -> Floats:
        """Find the factors of events.

        Parameters
        ----------
        numbers, values
            Class number and value of each event, shape (n,).
        """
        return np.asarray(self.factors[numbers, self.bins(values)])

    def copies(self) -> Floats:
        """Mean copies of a training event where events are repeated, shape (classes, bins).

        The fullest bin of each class, which has the smallest factor, is taken as it is.
        """
        least = np.where(self.factors > 0, self.factors, np.inf).min(axis=1, keepdims=True)
        return np.asarray(self.factors / least)


@dataclass(frozen=True)
class Weighting:
    """How the weights of a data set come about.

    Attributes
    ----------
    scale
        Mean over the training split of the weights that the events bring; 1 without them.
    flattening
        None where no spectrum is flattened.
    """

    scale: float = 1.0
    flattening: Flattening | None = None


def write_weighting(file: h5py.File, weighting: Weighting) -> None:
    """Store what the weights follow from."""
    group = file.create_group(GROUP)
    group.attrs["scale"] = weighting.scale
    flattening = weighting.flattening
    if flattening is not None:
        for name in ("array", "target", "to", "resampled"):
            group.attrs[name] = getattr(flattening, name)
        group["edges"], group["factors"] = flattening.edges, flattening.factors


def read_weighting(file: h5py.File) -> Weighting | None:
    """Read what the weights follow from; None where all events count alike."""
    if GROUP not in file:
        return None
    group = file[GROUP]
    if "factors" not in group:
        return Weighting(float(group.attrs["scale"]))
    flattening = Flattening(
        array=hdf5.text(group, "array"),
        target=hdf5.text(group, "target"),
        to=hdf5.text(group, "to"),
        resampled=bool(group.attrs["resampled"]),
        edges=np.asarray(group["edges"]),
        factors=np.asarray(group["factors"]),
    )
    return Weighting(float(group.attrs["scale"]), flattening)
