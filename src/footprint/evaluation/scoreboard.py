"""Published taggers on the top-tagging reference data, to be set beside one's own.

Source: Kasieczka et al., "The machine learning landscape of top taggers", SciPost Phys. 7 (2019)
014, arXiv:1902.09914, whose score files on the 404,000 test jets of Zenodo 2603256 give accuracy,
area and rejections. A rejection is 1 / (false positive rate) at the first threshold that reaches
the signal efficiency. Later publications reach more; they are not in that comparison.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

TEST_BACKGROUND = 202_000
"""Background jets of the published test split, half of it."""
SOURCE = "SciPost Phys. 7 (2019) 014"

Range = tuple[float, float]
"""Smallest and largest of the published values; equal where there is one."""


@dataclass(frozen=True)
class PublishedTagger:
    """One line of the published table: a single training of each network.

    Attributes
    ----------
    name
        What the publication calls it.
    inputs
        What it sees: `constituents` or `images`.
    accuracy, auc
        Share of jets put right, and area under the ROC curve.
    rejection
        Background rejection 1/eB by signal efficiency, where published.
    parameters
        Trainable parameters, rounded as published.
    ensemble
        Rejection at signal efficiency 0.3 of the mean output of nine trainings, and its error.
    """

    name: str
    inputs: str
    accuracy: float
    auc: float
    rejection: Mapping[float, Range]
    parameters: int
    ensemble: tuple[float, float] | None = field(default=None)

    def rejection_error(self, efficiency: float, background: int = TEST_BACKGROUND) -> float | None:
        """Statistical error of the rejection's mean published value; None where not published.

        Of N background jets N / R pass, so that R is known to sqrt(R (1 - 1/R) R / N), which is
        the binomial error of the passing share. The error of the threshold is left out.
        """
        if efficiency not in self.rejection:
            return None
        value = sum(self.rejection[efficiency]) / 2
        return value * sqrt((value - 1) / background)


def _one(value: float) -> Range:
    return value, value


PUBLISHED: tuple[PublishedTagger, ...] = (
    PublishedTagger(
        "TopoDNN", "constituents", 0.916, 0.972, {0.3: _one(290), 0.5: _one(96)}, 59_000
    ),
    PublishedTagger("CNN", "images", 0.930, 0.981, {0.3: (733, 914)}, 610_000, ensemble=(995, 15)),
    PublishedTagger(
        "P-CNN", "constituents", 0.930, 0.980, {0.3: _one(759), 0.5: _one(201)}, 348_000
    ),
    PublishedTagger("EFN", "constituents", 0.927, 0.979, {0.3: _one(603), 0.5: _one(184)}, 82_000),
    PublishedTagger(
        "PFN",
        "constituents",
        0.932,
        0.982,
        {0.3: _one(890), 0.5: _one(257)},
        82_000,
        ensemble=(1063, 21),
    ),
    PublishedTagger(
        "ResNeXt50",
        "images",
        0.936,
        0.984,
        {0.3: _one(1147), 0.5: _one(302)},
        1_460_000,
        ensemble=(1270, 28),
    ),
    PublishedTagger(
        "ParticleNet",
        "constituents",
        0.938,
        0.985,
        {0.3: _one(1294), 0.5: _one(329)},
        498_000,
        ensemble=(1412, 45),
    ),
)
"""In the order of the area under the curve, about."""
