"""The atmosphere's depth above a height, in CORSIKA's five-layer parametrisation.

Four exponential layers X(h) = a + b exp(-h / c) lie under a linear one, X(h) = a - b h / c
(D. Heck et al., FZKA 6019, 1998). The atmosphere is taken as flat.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.config.atmospheres import AtmosphereLayers, AtmosphereName

Floats = NDArray[np.float64]
CM_PER_M = 100.0


@dataclass(frozen=True)
class Atmosphere:
    """Constants of the layers, five in CORSIKA's models.

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
        last = len(self.bottoms_m) - 1
        layer = np.clip(np.searchsorted(self.bottoms_m, height, side="right") - 1, 0, last)
        a, b, c = self._constants(layer)
        exponential = a + b * np.exp(-height * CM_PER_M / c)
        linear = a - b * height * CM_PER_M / c
        return np.maximum(np.where(layer == last, linear, exponential), 0.0)

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
        last = len(self.bottoms_m) - 1
        layer = np.clip(np.searchsorted(-borders, -depth, side="right") - 1, 0, last)
        a, b, c = self._constants(layer)
        top = layer == last
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

US_STANDARD_LINSLEY = Atmosphere(
    bottoms_m=(0.0, 4_000.0, 10_000.0, 40_000.0, 100_000.0),
    a_g_cm2=(-186.555305, -94.919, 0.61289, 0.0, 0.01128292),
    b_g_cm2=(1222.6562, 1144.9069, 1305.5948, 540.1778, 1.0),
    c_cm=(994186.38, 878153.55, 636143.04, 772170.16, 1e9),
)
"""CORSIKA's model 1, the US standard atmosphere in J. Linsley's parametrisation."""

MALARGUE_JANUARY = Atmosphere(
    bottoms_m=(0.0, 9_400.0, 15_300.0, 31_600.0, 100_000.0),
    a_g_cm2=(-136.72575606, -31.636643044, 1.8890234035, 3.9201867984e-4, 0.01128292),
    b_g_cm2=(1174.8298334, 1204.8233453, 1637.7703583, 735.96095023, 1.0),
    c_cm=(982815.95248, 754029.87759, 594416.83822, 733974.36972, 1e9),
)
"""CORSIKA's model 18: the mean January at Malargue, southern summer."""

MALARGUE_JULY = Atmosphere(
    bottoms_m=(0.0, 9_600.0, 16_500.0, 37_400.0, 100_000.0),
    a_g_cm2=(-126.17216789, -8.6182537514, 0.74177836911, 2.9350702097e-4, 0.01128292),
    b_g_cm2=(1172.7340688, 1258.9180079, 1450.0537141, 583.07727715, 1.0),
    c_cm=(934649.58886, 672975.82513, 614888.52458, 752631.28536, 1e9),
)
"""CORSIKA's model 24: the mean July at Malargue, southern winter."""

ATMOSPHERES: dict[AtmosphereName, Atmosphere] = {
    "us_standard": US_STANDARD,
    "us_standard_linsley": US_STANDARD_LINSLEY,
    "malargue_january": MALARGUE_JANUARY,
    "malargue_july": MALARGUE_JULY,
}


def atmosphere_of(choice: AtmosphereName | AtmosphereLayers) -> Atmosphere:
    """Look up an atmosphere by its name, or make one of the user's layers."""
    if isinstance(choice, AtmosphereLayers):
        return Atmosphere(
            tuple(choice.bottoms_m),
            tuple(choice.a_g_cm2),
            tuple(choice.b_g_cm2),
            tuple(choice.c_cm),
        )
    return ATMOSPHERES[choice]
