"""Whitening: a matrix after which an input's values are uncorrelated and have variance 1.

With the covariance C = U L U^T of the normalised training events, L falling, the matrices are

    PCA   (L + e)^(-1/2) U^T            ZCA   U (L + e)^(-1/2) U^T

where e is epsilon times the mean of L. Of all matrices that whiten, that of ZCA changes the values
least (A. Kessy, A. Lewin, K. Strimmer, The American Statistician 72 (2018) 309).
"""

import logging
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from footprint.config.inputs import Input
from footprint.config.inputs import Whitening as Config
from footprint.dataset.inputs import mask_positions
from footprint.dataset.normalise import Moments
from footprint.files.datasets import Normalisation, Whitening
from footprint.files.hdf5 import Array

Floats = NDArray[np.float64]
log = logging.getLogger(__name__)


def whitened(
    name: str, config: Input, plain: Normalisation, moments: Moments, blocks: Iterable[Array]
) -> Normalisation:
    """Add a whitening to the normalisation of an input.

    Parameters
    ----------
    name, config
        Name and configuration of the input.
    plain
        What its channels are normalised by.
    moments
        Of the training split's stacked input.
    blocks
        The training split's stacked input, shapes (n, ..., channels).

    Returns
    -------
    Normalisation
        The scale is the plain one; each pixel is shifted by its own mean.
    """
    channels = np.flatnonzero([channel is not None for channel in mask_positions(config)])
    shift = np.broadcast_to(plain.shift, moments.mean.shape).copy()
    shift[..., channels] = moments.mean[..., channels]
    centred = Normalisation(shift, np.broadcast_to(plain.scale, shift.shape).copy())
    count, covariance = _covariance(centred, channels, blocks)
    if count <= len(covariance):
        log.warning(
            "input '%s' of %d values is whitened by %d training events, too few to span them: "
            "what none of them shows becomes 0", name, len(covariance), count,
        )  # fmt: skip
    matrix, inverse = matrices(covariance, config.whiten or Config())
    return Normalisation(centred.shift, centred.scale, Whitening(matrix, inverse, channels))


def _covariance(
    centred: Normalisation, channels: NDArray[np.intp], blocks: Iterable[Array]
) -> tuple[int, Floats]:
    count, total = 0, np.zeros(())
    for block in blocks:
        values = centred.apply(block)[..., channels].reshape(len(block), -1).astype(np.float64)
        values = np.nan_to_num(values, nan=0.0)
        total = total + values.T @ values
        count += len(block)
    return count, total / count


def matrices(covariance: Floats, config: Config) -> tuple[Floats, Floats]:
    """Compute a whitening and its inverse.

    Parameters
    ----------
    covariance
        Shape (d, d).
    config
        Method and epsilon.

    Returns
    -------
    matrix, inverse : ndarray, shape (d, d)
        Directions without variance, such as pixels that never change, become 0 in both.
    """
    variances, vectors = np.linalg.eigh(covariance)
    variances, directions = variances[::-1], vectors[:, ::-1].T
    # Eigenvectors have no sign of their own.
    largest = np.abs(directions).argmax(axis=1)[:, None]
    directions = directions * np.sign(np.take_along_axis(directions, largest, axis=1))
    # The rank as numpy.linalg.matrix_rank finds it.
    there = variances > len(variances) * np.finfo(np.float64).eps * variances[0]
    padded = np.where(there, variances + config.epsilon * variances[there].sum() / len(there), 1.0)
    factors = np.where(there, 1.0 / np.sqrt(padded), 0.0)
    back = np.where(there, np.sqrt(padded), 0.0)
    matrix, inverse = factors[:, None] * directions, directions.T * back
    if config.method == "pca":
        return matrix, inverse
    return _symmetric(directions.T @ matrix), _symmetric(inverse @ directions)


def _symmetric(matrix: Floats) -> Floats:
    return np.asarray((matrix + matrix.T) / 2)
