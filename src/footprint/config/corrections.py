"""What is corrected on the test split as the validation split tells."""

from typing import Annotated, Literal

from pydantic import Field

from footprint.config.base import Name, Strict

Calibration = Literal["temperature", "isotonic"]


class BiasCorrection(Strict):
    """Bias of a value, measured on the validation split and taken off on the test split."""

    bins: Annotated[int, Field(ge=2, le=100)] = Field(
        8,
        description="Bins of about as many validation events, between whose means the correction "
        "is linear.",
    )
    by: Name | None = Field(
        None,
        description="Spectator as whose function the bias is measured, which must be known in data "
        "too; without it the prediction. Never the truth, which data do not have.",
    )
