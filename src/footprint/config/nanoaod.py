"""Samples of jets read from CMS NanoAOD files that hold particle-flow candidates."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Name, Positive, Strict, shorthand
from footprint.config.downloads import ReadSample
from footprint.config.jet_arrays import FOUR_MOMENTUM, IN_FILES, JETS
from footprint.config.jet_files import LABEL, REST, JetOptions, check_labels

COLLISION = "collision"


class LabelRule(Strict):
    """Which jets belong to a class: a generated particle, a formula, or all the rest."""

    particle: Literal[6, 23, 24, 25] | None = Field(
        None,
        description="PDG number of a particle (either sign) that decays to quarks alone; it and "
        "all its quarks lie within `matching_radius` of the jet.",
    )
    where: str | None = Field(
        None,
        description="Formula over the jets' branches that gives one bool a jet, such as "
        "`FatJet_hadronFlavour == 5`; the formula alone is enough.",
    )
    rest: bool = Field(False, description="Jets of no other class; short: `rest`.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum([self.particle is not None, self.where is not None, self.rest]) != 1:
            msg = "a class needs one of: particle (6, 23, 24, 25), where (a formula), or rest"
            raise ValueError(msg)
        return self


def _label_rule(text: str) -> dict[str, Any]:
    return {"rest": True} if text == REST else {"where": text}


class NanoAODOptions(JetOptions):
    """Which part of NanoAOD files to read: one row a jet."""

    tree: str = Field("Events", description="Name of the TTree.")
    jets: Name = Field("FatJet", description="Collection of jets: branches `<jets>_pt`, ...")
    candidates: Name | None = Field(
        None,
        description="Collection of candidates. Without it, PFCands (PFNano) or PFCand (v15).",
    )
    table: Name | None = Field(
        None,
        description="Table that links jets and candidates. Without it, `<jets>PFCands` or "
        "`<jets>PFCand`.",
    )
    jet_index: Name = Field("jetIdx", description="Variable of the table: the jet in the event.")
    candidate_index: Name | None = Field(
        None,
        description="Variable of the table: the candidate in the event. Without it, pFCandsIdx "
        "or pfCandIdx.",
    )
    puppi_weights: bool = Field(
        True,
        description="Multiply candidates with their `puppiWeight` where the file has it (PFNano; "
        "in NanoAODv15 weights are applied already); those of weight 0 are left out.",
    )
    jet_momentum: Literal["raw", "corrected"] = Field(
        "raw",
        description="jet_pt, jet_mass and jet_energy before the jet energy corrections (what the "
        "constituents sum to) or after them.",
    )
    candidate_branches: dict[Name, str] = Field(
        {"charge": "charge", "pdg_id": "pdgId"},
        description="Further arrays `constituent_<name>`: name, then the variable of the "
        "candidates, such as {d0: d0, dz: dz}.",
    )
    branches: dict[Name, str] = Field(
        {},
        description="Further arrays of one value a jet: our name, then branch or formula over "
        "the jets' branches, such as {n_b: FatJet_nBHadrons}.",
    )
    event_branches: dict[Name, str] = Field(
        {},
        description="The same of one value a collision, such as {run: run, weight: genWeight}; "
        "its jets share it.",
    )
    event_cut: str | None = Field(
        None,
        description="Keep collisions that pass this formula over branches of one value each, such "
        "as `(nFatJet >= 1) & HLT_PFJet450`.",
    )
    labels: dict[Name, Annotated[LabelRule, shorthand(str, _label_rule, str | LabelRule)]] = Field(
        {},
        description="Classes, numbered in this order in array `label`: {top: {particle: 6}, "
        "w: {particle: 24}, qcd: rest}. A jet that fits several is of the first; one that fits "
        "none is left out, so that a single class selects.",
    )
    matching_radius: Positive = Field(
        0.8, le=5, description="Distance in eta and phi within which a particle belongs to a jet."
    )

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the arrays in the event file."""
        return (*self.standard, *self.branches, *self.event_branches)

    @property
    def standard(self) -> tuple[str, ...]:
        """Of these, the names that are not the user's own."""
        label = (LABEL,) if self.labels else ()
        constituents = (f"constituent_{name}" for name in self.candidate_branches)
        return (*FOUR_MOMENTUM, *constituents, *JETS, *IN_FILES, COLLISION, *label)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_labels(self.labels)
        self.check_names([*self.branches, *self.event_branches], self.standard)
        return self


class NanoAODFiles(ReadSample):
    """A sample of jets read from NanoAOD files, one row a jet."""

    can_stream: ClassVar[bool] = True

    reader: Literal["nanoaod"] = Field(description="Which reader understands the files.")
    options: NanoAODOptions = Field(
        default_factory=NanoAODOptions, description="Options of the reader."
    )

    @property
    def arrays(self) -> tuple[str, ...]:
        """What is kept of each jet."""
        return self.options.kept

    @property
    def truth(self) -> tuple[str, ...]:
        """Of these, what no input of a network may use."""
        return (LABEL,) if self.options.labels else ()
