"""The atmosphere's depth above a height, in CORSIKA's five-layer parametrisation.

Four exponential layers X(h) = a + b exp(-h / c) lie under a linear one, X(h) = a - b h / c
(D. Heck et al., FZKA 6019, 1998). The atmosphere is taken as flat.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CM_PER_M = 100.0


@dataclass(frozen=True)
class Atmosphere:
    """Constants of the five layers.

    Attributes
    ----------
    bottoms_m
        Height of the lower border of each layer.
    a_g_cm2, b_g_cm2, c_cm
        Constants of each layer.
    """

    bottoms_m: tuple[float, ...]
    a_g_cm2: tuple[float, ...]
    b_g_cm2: tuple[float, ...]
    c_cm: tuple[float, ...]

    def depth(self, height_m: Floats | float) -> Floats:
        """Vertical depth above a height.

        Parameters
        ----------
        height_m
            Heights above sea level, any shape.

        Returns
        -------
        ndarray
            Depths in g/cm2, zero above the atmosphere.
        """
        height = np.asarray(height_m, dtype=np.float64)
        layer = np.clip(np.searchsorted(self.bottoms_m, height, side="right") - 1, 0, 4)
        a, b, c = self._constants(layer)
        exponential = a + b * np.exp(-height * CM_PER_M / c)
        linear = a - b * height * CM_PER_M / c
        return np.maximum(np.where(layer == len(self.bottoms_m) - 1, linear, exponential), 0.0)

    def height(self, depth_g_cm2: Floats | float) -> Floats:
        """Height that lies under a vertical depth; the inverse of `depth`.

        Parameters
        ----------
        depth_g_cm2
            Depths in g/cm2, any shape, greater than 0.

        Returns
        -------
        ndarray
            Heights above sea level in m.
        """
        depth = np.asarray(depth_g_cm2, dtype=np.float64)
        borders = self.depth(np.asarray(self.bottoms_m))
        layer = np.clip(np.searchsorted(-borders, -depth, side="right") - 1, 0, 4)
        a, b, c = self._constants(layer)
        top = layer == len(self.bottoms_m) - 1
        ratio = np.where(top, 1.0, (depth - a) / b)
        return np.where(top, (a - depth) * c / b, -c * np.log(ratio)) / CM_PER_M

    def _constants(self, layer: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        return (
            np.asarray(self.a_g_cm2)[layer],
            np.asarray(self.b_g_cm2)[layer],
            np.asarray(self.c_cm)[layer],
        )


US_STANDARD = Atmosphere(
    bottoms_m=(0.0, 7_000.0, 11_400.0, 37_000.0, 100_000.0),
    a_g_cm2=(-149.801663, -57.932486, 0.63631894, 4.3545369e-4, 0.01128292),
    b_g_cm2=(1183.6071, 1143.0425, 1322.9748, 655.67307, 1.0),
    c_cm=(954248.34, 800005.34, 629568.93, 737521.77, 1e9),
)
"""CORSIKA's model 17, the US standard atmosphere in B. Keilhauer's parametrisation."""
