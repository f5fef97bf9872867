"""What the four-vectors of two constituents have to do with each other."""

import math
from typing import Any

import keras
import numpy as np

SMALLEST = 1e-8
"""Arguments of logarithms are at least this."""
PAIR_FEATURES = 4


@keras.saving.register_keras_serializable(package="footprint")
class PairKinematics(keras.layers.Layer):
    """Logarithms of Delta, kT, z and m2 of each pair of constituents.

    Takes (n, constituents, 4): px, py, pz, energy in GeV; and a mask (n, constituents, 1). Returns
    (n, pairs, 4) and the mask of the pairs (n, pairs, 1): each pair once, none of a constituent
    with itself, in the order of `numpy.triu_indices`.

    Dreyer, Qu, Jet tagging in the Lund plane with graph networks (2021), and Qu, Li, Qian, Particle
    transformer for jet tagging (2022), with rapidity y and azimuth phi: Delta^2 = dy^2 + dphi^2,
    kT = min(pT_a, pT_b) Delta, z = min(pT_a, pT_b) / (pT_a + pT_b), m2 = (p_a + p_b)^2. The
    mass is computed as m_a^2 + m_b^2 + 2 (mT_a mT_b - pT_a pT_b)
    + 4 mT_a mT_b sinh^2(dy / 2) + 4 pT_a pT_b sin^2(dphi / 2), equal to it, since in 32 bit
    E^2 - p^2 of the sum has no digits left for pairs of small angles.
    """

    def call(
        self, momenta: keras.KerasTensor, mask: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Compute them."""
        ops = keras.ops
        there = mask[..., 0] > 0
        # Padding becomes a vector whose logarithms and gradients are finite.
        px, py, pz, energy = (
            ops.where(there, momenta[..., i], value) for i, value in enumerate((1.0, 0.0, 0.0, 1.0))
        )
        pt2 = ops.maximum(px * px + py * py, SMALLEST**2)
        momentum = ops.sqrt(pt2 + pz * pz)
        mass2 = ops.maximum((energy - momentum) * (energy + momentum), 0)
        pt, mt = ops.sqrt(pt2), ops.sqrt(pt2 + mass2)
        rapidity, phi = ops.arcsinh(pz / mt), ops.arctan2(py, px)
        first, second = _both(momenta.shape[1])

        def of_pairs(x: keras.KerasTensor) -> tuple[keras.KerasTensor, keras.KerasTensor]:
            return ops.take(x, first, axis=1), ops.take(x, second, axis=1)

        (y_a, y_b), (phi_a, phi_b) = of_pairs(rapidity), of_pairs(phi)
        (pt_a, pt_b), (mt_a, mt_b), (m2_a, m2_b) = of_pairs(pt), of_pairs(mt), of_pairs(mass2)
        dy, turn = y_a - y_b, ops.abs(phi_a - phi_b)
        dphi = ops.minimum(turn, 2 * math.pi - turn)
        log_delta = 0.5 * _log(dy * dy + dphi * dphi, SMALLEST**2)
        softer = _log(ops.minimum(pt_a, pt_b))
        pts, mts = pt_a * pt_b, mt_a * mt_b
        angular = mts * ops.square(ops.sinh(dy / 2)) + pts * ops.square(ops.sin(dphi / 2))
        mass = m2_a + m2_b + 2 * (mts - pts) + 4 * angular
        features = [log_delta, softer + log_delta, softer - _log(pt_a + pt_b), _log(mass)]
        one, other = of_pairs(mask)
        return ops.stack(features, axis=-1), one * other


def _log(x: keras.KerasTensor, smallest: float = SMALLEST) -> keras.KerasTensor:
    return keras.ops.log(keras.ops.maximum(x, smallest))


def _both(number: int) -> tuple[Any, Any]:
    first, second = np.triu_indices(number, k=1)
    return first.astype("int32"), second.astype("int32")


@keras.saving.register_keras_serializable(package="footprint")
class PairsToMatrix(keras.layers.Layer):
    """From values of pairs (n, pairs, heads) to symmetric matrices (n, heads, number, number).

    Zeros on the diagonal, where no pairs are.
    """

    def __init__(self, number: int, **options: Any) -> None:
        super().__init__(**options)
        self.number = number

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Place each pair twice."""
        ops = keras.ops
        first, second = _both(self.number)
        # Place 0 is for the diagonal.
        places = np.zeros((self.number, self.number), "int32")
        places[first, second] = places[second, first] = 1 + np.arange(len(first))
        padded = ops.pad(ops.transpose(x, (1, 0, 2)), [[1, 0], [0, 0], [0, 0]])
        square = ops.take(padded, places, axis=0)
        return ops.transpose(square, (2, 3, 0, 1))

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {**super().get_config(), "number": self.number}
