"""Made-up air showers: a plane front and a power law, without noise."""

import numpy as np

from footprint.config.derived import FootprintFeatures
from footprint.dataset.footprint_features import footprint_features

LIGHT = 0.299792458
SETTINGS = {"method": "footprint", "pedestal_VEM": 0.0, "slope": -5.0, "slope_sd": 50.0}


def grid(side=9, spacing=1500.0, altitudes=None):
    """Positions of a square array's stations, shape (3, side, side)."""
    line = spacing * (np.arange(side) - (side - 1) / 2)
    x, y = np.meshgrid(line, line, indexing="ij")
    return np.stack([x, y, np.zeros_like(x) if altitudes is None else altitudes])


def axes(rng, count, largest_deg=60.0):
    """Upward unit vectors, shape (count, 3)."""
    cosine = rng.uniform(np.cos(np.radians(largest_deg)), 1.0, count)
    angle, sine = rng.uniform(0, 2 * np.pi, count), np.sqrt(1 - cosine**2)
    return np.stack([sine * np.cos(angle), sine * np.sin(angle), cosine], axis=1)


def showers(places, axis, core, *, s1000=1000.0, slope=-5.0, least=5.0):
    """Signals and times of showers with these axes (n, 3) and cores (n, 2)."""
    core = np.concatenate([core, np.zeros((len(core), 1))], axis=1)
    shape = (len(core), 3) + (1,) * (places.ndim - 1)
    away = places[None] - core.reshape(shape)
    along = (away * axis.reshape(shape)).sum(axis=1)
    r = np.sqrt((away**2).sum(axis=1) - along**2)
    signal = s1000 * (np.maximum(r, 150.0) / 1000.0) ** slope
    time = np.where(signal >= least, -along / LIGHT, np.nan)
    return np.where(signal >= least, signal, np.nan), time


def features(signal, time, places, *, traces=None, **settings):
    """Features by name, axes and cores."""
    kind = SETTINGS | ({} if traces is None else {"traces": "traces"}) | settings
    config = FootprintFeatures.model_validate(kind)
    x, y, z = (np.broadcast_to(part, signal.shape) for part in places)
    given = {} if traces is None else {"traces": traces}
    columns, axis, core = footprint_features(
        config, signal=signal, time=time, x=x, y=y, z=z, **given
    )
    return dict(zip(config.features(), columns.T, strict=True)), axis, core
