"""Options of the generator `logic_gate`: inputs of 0 or 1, and what a gate makes of them."""

from typing import ClassVar, Literal

from pydantic import Field

from footprint.config.base import NotNegative, Strict
from footprint.config.simulated import Simulated


class LogicGateOptions(Strict):
    """Which gate, and how far its inputs are scattered about 0 and 1."""

    gate: Literal["and", "or", "xor", "nand", "nor", "xnor"] = Field(
        description="The gate. One straight line parts the inputs by the output of all but `xor` "
        "and `xnor`."
    )
    noise: NotNegative = Field(
        0.1, le=10, description="Sd of the normal noise on both inputs; the output knows none."
    )


class LogicGate(Simulated):
    """A sample from the generator `logic_gate`."""

    arrays: ClassVar[tuple[str, ...]] = ("a", "b", "output")
    """What the generator makes of each event."""

    generator: Literal["logic_gate"] = Field(description="Which generator makes the events.")
    options: LogicGateOptions = Field(description="Options of the generator.")
