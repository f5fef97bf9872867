"""Monotonic rational-quadratic splines and shifts with scales: how a flow changes one variable.

Each takes values of shape (n, d) and parameters of shape (n, d, parameters), and returns values
and ln |dz/dx|, both (n, d), x being on the side of the data and z on that of the normal
distribution. Parameters of 0 change nothing.

Gregory, Delbourgo, Piecewise rational quadratic interpolation (1982); Durkan et al., Neural
spline flows (2019).
"""

from dataclasses import dataclass
from typing import Protocol

import keras
from keras import ops

Changed = tuple[keras.KerasTensor, keras.KerasTensor]

LARGEST_LOG_SCALE = 3.0
"""Largest |ln scale| of one step: a chain stays invertible in 32 bit, wherever training goes."""
SMALLEST_SHARE = 1e-3
"""Smallest width and height of a bin as a share of the whole range."""
SMALLEST_SLOPE = 1e-3
_ONE = 0.5413248  # softplus(_ONE) = 1
_LEFT, _BOTTOM, _SLOPE = range(3)


class Change(Protocol):
    """An invertible change of single variables."""

    @property
    def parameters(self) -> int:
        """Numbers that decide the change of one variable."""

    def forward(self, x: keras.KerasTensor, parameters: keras.KerasTensor) -> Changed:
        """From x to z."""

    def inverse(self, z: keras.KerasTensor, parameters: keras.KerasTensor) -> Changed:
        """From z to x."""


@dataclass(frozen=True)
class Affine:
    """z = (x - shift) exp(-log_scale), where |log_scale| is at most `LARGEST_LOG_SCALE`."""

    parameters: int = 2

    def forward(self, x: keras.KerasTensor, parameters: keras.KerasTensor) -> Changed:
        """From x to z."""
        shift, log_scale = _shift_and_scale(parameters)
        return (x - shift) * ops.exp(-log_scale), -log_scale

    def inverse(self, z: keras.KerasTensor, parameters: keras.KerasTensor) -> Changed:
        """From z to x."""
        shift, log_scale = _shift_and_scale(parameters)
        return z * ops.exp(log_scale) + shift, -log_scale


def _shift_and_scale(parameters: keras.KerasTensor) -> Changed:
    raw = parameters[..., 1] / LARGEST_LOG_SCALE
    return parameters[..., 0], LARGEST_LOG_SCALE * ops.tanh(raw)


@dataclass(frozen=True)
class Spline:
    """`Affine`, then a spline between -bound and bound; beyond it values stay as they are.

    The shift and scale bring a narrow or far distribution, such as that of a well measured target,
    into the range, and make the tails of any width.

    Attributes
    ----------
    bins
        Pieces of the spline, each the ratio of two parabolas.
    bound
        Half of its range.
    """

    bins: int
    bound: float

    @property
    def parameters(self) -> int:
        """Shift, scale, widths and heights of the bins, slopes at the edges between them."""
        return 3 * self.bins + 1

    def forward(self, x: keras.KerasTensor, parameters: keras.KerasTensor) -> Changed:
        """From x to z."""
        x, log_slopes = Affine().forward(x, parameters[..., :2])
        inside = ops.abs(x) < self.bound
        piece = _piece_at(x, self._knots(parameters), _LEFT)
        place = ops.clip((x - piece.left) / piece.width, 0.0, 1.0)
        z = ops.where(inside, piece.at(place), x)
        return z, log_slopes + ops.where(inside, piece.log_slope(place), 0.0)

    def inverse(self, z: keras.KerasTensor, parameters: keras.KerasTensor) -> Changed:
        """From z to x."""
        inside = ops.abs(z) < self.bound
        piece = _piece_at(z, self._knots(parameters), _BOTTOM)
        place = piece.place_of(z)
        x = ops.where(inside, piece.left + place * piece.width, z)
        log_slopes = ops.where(inside, piece.log_slope(place), 0.0)
        x, more = Affine().inverse(x, parameters[..., :2])
        return x, log_slopes + more

    def _knots(self, parameters: keras.KerasTensor) -> keras.KerasTensor:
        """Places, values and slopes at the edges of all bins, (n, d, 3, bins + 1)."""
        bins, rows = self.bins, (-1, parameters.shape[1])
        sizes = ops.reshape(parameters[..., 2 : 2 * bins + 2], (*rows, 2, bins))
        shares = SMALLEST_SHARE + (1 - SMALLEST_SHARE * bins) * ops.softmax(sizes, axis=-1)
        edges = 2 * self.bound * ops.cumsum(shares, axis=-1) - self.bound
        raw = parameters[..., 2 * bins + 2 :]
        slopes = SMALLEST_SLOPE + (1 - SMALLEST_SLOPE) * ops.softplus(raw + _ONE)
        one = ops.ones_like(slopes[..., :1])
        # The last slope joins the edges' last column, the first one their first.
        later = ops.concatenate([edges, ops.expand_dims(ops.concatenate([slopes, one], -1), 2)], 2)
        first = ops.concatenate([-self.bound * one, -self.bound * one, one], axis=-1)
        return ops.concatenate([ops.expand_dims(first, -1), later], axis=-1)


@dataclass(frozen=True)
class Piece:
    """A bin of a spline: lower edges, sizes, and slopes at both ends, each (n, d)."""

    left: keras.KerasTensor
    width: keras.KerasTensor
    bottom: keras.KerasTensor
    height: keras.KerasTensor
    first: keras.KerasTensor
    last: keras.KerasTensor

    def at(self, place: keras.KerasTensor) -> keras.KerasTensor:
        """Value at a place between 0 and 1 of the bin."""
        mean = self.height / self.width
        both = place * (1 - place)
        above = mean * ops.square(place) + self.first * both
        return self.bottom + self.height * above / self._below(mean, both)

    def log_slope(self, place: keras.KerasTensor) -> keras.KerasTensor:
        """Logarithm of the slope at a place."""
        mean = self.height / self.width
        rest = 1 - place
        both = place * rest
        above = self.last * ops.square(place) + 2 * mean * both + self.first * ops.square(rest)
        return ops.log(above) + 2 * ops.log(mean / self._below(mean, both))

    def place_of(self, value: keras.KerasTensor) -> keras.KerasTensor:
        """Place of a value: root of a parabola, in the form that loses no digits."""
        mean = self.height / self.width
        rise = ops.clip(value - self.bottom, 0.0, self.height)
        bend = self.first + self.last - 2 * mean
        a = self.height * (mean - self.first) + rise * bend
        b = self.height * self.first - rise * bend
        root = ops.sqrt(ops.maximum(ops.square(b) + 4 * a * mean * rise, 0.0))
        place = ops.clip(2 * mean * rise / (b + root), 0.0, 1.0)
        # What the root lost to rounding, a step of Newton's method brings back.
        missing = (self.at(place) - value) / (self.width * ops.exp(self.log_slope(place)))
        return ops.clip(place - missing, 0.0, 1.0)

    def _below(self, mean: keras.KerasTensor, both: keras.KerasTensor) -> keras.KerasTensor:
        return mean + (self.first + self.last - 2 * mean) * both


def _piece_at(value: keras.KerasTensor, knots: keras.KerasTensor, kind: int) -> Piece:
    """Choose for each value its bin: the highest whose lower edge it has reached."""
    reached = ops.cast(ops.expand_dims(value, -1) >= knots[..., kind, 1:-1], "float32")
    one = ops.ones_like(reached[..., :1])
    # 1 in that bin, 0 elsewhere: faster than indices, gradients included.
    here = ops.concatenate([one, reached], -1) - ops.concatenate([reached, 0 * one], -1)
    here = ops.expand_dims(here, 2)
    lower = ops.sum(here * knots[..., :-1], axis=-1)
    upper = ops.sum(here * knots[..., 1:], axis=-1)
    size = upper - lower
    return Piece(
        lower[..., _LEFT],
        size[..., _LEFT],
        lower[..., _BOTTOM],
        size[..., _BOTTOM],
        lower[..., _SLOPE],
        upper[..., _SLOPE],
    )
