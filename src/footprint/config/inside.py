"""Looking inside a trained network: which of its parts are shown, of which events."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from footprint.config.base import Count, Strict

Method = Literal[
    "filters", "activations", "saliency", "integrated_gradients", "occlusion", "misclassified"
]
METHODS: tuple[Method, ...] = get_args(Method)


def _distinct(methods: list[Method]) -> list[Method]:
    if len(set(methods)) != len(methods):
        msg = f"{', '.join(methods)} names a method more than once: name each once"
        raise ValueError(msg)
    return methods


class Inside(Strict):
    """What is shown of the inside of a network whose inputs have rows and columns.

    Events are the first ones of the validation split, one class after the other, or spread evenly
    over the values of a target. `misclassified` alone shows events of the test split.
    """

    methods: Annotated[list[Method], Field(min_length=1), AfterValidator(_distinct)] = Field(
        list(METHODS),
        description="`filters`: weights of the first convolution; `activations`: what convolutions "
        "return; `saliency`: gradient of the answer; `integrated_gradients`: each pixel's share in "
        "the answer; `occlusion`: how the answer changes where a patch is covered; "
        "`misclassified`: the most confident errors, or the largest deviations of a value.",
    )
    events: Annotated[int, Field(ge=1, le=8)] = Field(6, description="Events shown.")
    gallery: Annotated[int, Field(ge=1, le=48)] = Field(
        18, description="Events in the gallery of errors, at most."
    )
    steps: Count = Field(64, description="Steps of integrated gradients from baseline to event.")
    baseline: Literal["empty", "mean"] = Field(
        "empty",
        description="What attributions and occlusion compare with: `empty`: nothing measured, 0 "
        "where everything always is; `mean`: the mean training event.",
    )
    patch: Count | None = Field(
        None,
        description="Side of the covering patch in pixels; without it an eighth of the image's "
        "shorter side.",
    )
