"""Derived arrays of where stations are as seen from the axis of a shower."""

from collections.abc import Collection, Mapping

import numpy as np
from scipy.constants import speed_of_light

from footprint.config.derived import Geometry
from footprint.files.events import Block
from footprint.files.hdf5 import Array

Shape = tuple[int, ...]
NS_PER_M = 1e9 / speed_of_light


def shapes(name: str, config: Geometry, events: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shapes of the arrays; ValueError where the sources are no axis, core and stations."""
    found = {array: events[array] for array in config.sources().values()}
    stations = events[config.x]
    expected = {
        config.axis: (3,),
        config.core: (2,),
        **dict.fromkeys((config.x, config.y, config.z), stations),
    }
    if found != expected or not stations:
        msg = (
            f"its arrays have shapes {found} an event: expected an axis (3,), a core (2,), and the "
            f"coordinates of the same stations"
        )
        raise ValueError(msg)
    return dict.fromkeys(config.arrays(name), stations)


def arrays(
    name: str,
    config: Geometry,  # noqa: ARG001 - the sources come by option
    sources: Mapping[str, Array],
    wanted: Collection[str],  # noqa: ARG001 - both come from one product
) -> Block:
    """Project the way from core to station on the axis.

    A plane front comes from where the axis points to, so that stations that lie further in its
    direction are reached earlier: t = -(x - x_core) . axis / c.
    """
    position = np.stack([sources[option].astype(np.float64) for option in ("x", "y", "z")], -1)
    places = (len(position), *(1,) * (position.ndim - 2))
    core = np.zeros((len(position), 3))
    core[:, :2] = sources["core"]
    away = position - core.reshape(*places, 3)
    along = np.sum(away * sources["axis"].astype(np.float64).reshape(*places, 3), axis=-1)
    distance = np.sqrt(np.maximum(np.sum(away**2, axis=-1) - along**2, 0.0))
    return {
        f"{name}_distance": distance.astype(np.float32),
        f"{name}_plane_time": (-along * NS_PER_M).astype(np.float32),
    }
