"""What all generators' configuration shares."""

from typing import Literal

from pydantic import Field

from footprint.config.base import Count, Strict

HadronicModel = Literal["EPOS-LHC", "QGSJetII-04", "Sibyll2.1", "EPOS1.99", "QGSJetII"]


class Simulated(Strict):
    """A sample that is simulated."""

    events: Count = Field(description="Events to simulate.")
    events_per_job: Count = Field(
        2000, description="Events a job makes; the events are the same for any number."
    )
