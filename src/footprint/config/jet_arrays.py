"""Arrays of jets in event files, named once for the generator, all readers and derivations."""

from footprint.config.base import Meaning

FOUR_MOMENTUM = {
    "constituent_px": Meaning("GeV", "momentum along x, by falling pT, NaN after the last"),
    "constituent_py": Meaning("GeV", "momentum along y, by falling pT, NaN after the last"),
    "constituent_pz": Meaning("GeV", "momentum along the beam, by falling pT, NaN after the last"),
    "constituent_energy": Meaning("GeV", "energy, by falling pT, NaN after the last"),
}
"""Four-vectors of the constituents, which all else follows from."""
OF_CONSTITUENTS = {
    "constituent_charge": Meaning("", "electric charge, by falling pT, NaN after the last"),
    "constituent_pdg_id": Meaning("", "PDG number, by falling pT, 0 after the last"),
}
"""What else may be known of each constituent."""
JETS = {
    "constituents": Meaning("", "number of constituents, before any are cut off"),
    "jet_pt": Meaning("GeV", "transverse momentum of the jet"),
    "jet_eta": Meaning("", "pseudorapidity of the jet"),
    "jet_phi": Meaning("rad", "azimuth of the jet"),
    "jet_mass": Meaning("GeV", "mass of the jet"),
    "jet_energy": Meaning("GeV", "energy of the jet"),
}
TAUS = {
    "tau1": Meaning("", "N-subjettiness, one axis, beta 1"),
    "tau2": Meaning("", "N-subjettiness, two axes, beta 1"),
    "tau3": Meaning("", "N-subjettiness, three axes, beta 1"),
    "tau4": Meaning("", "N-subjettiness, four axes, beta 1"),
}
IN_FILES = {
    "soft_drop_mass": Meaning("GeV", "mass after soft drop, zcut 0.1, beta 0"),
    **TAUS,
    "tau21": Meaning("", "tau2 / tau1"),
    "tau32": Meaning("", "tau3 / tau2"),
}
"""Substructure that files of jets hold."""
SUBSTRUCTURE = {
    **IN_FILES,
    "c2": Meaning("", "ratio C2 of energy correlators, beta 1"),
    "d2": Meaning("", "ratio D2 of energy correlators, beta 1"),
}
"""Substructure that is computed from constituents."""
TRUTH = {
    "truth_pdg_id": Meaning("", "nearest top 6, Z 23, W 24, Higgs 25, or hard parton of QCD"),
    "truth_pt": Meaning("GeV", "transverse momentum of that"),
    "matched": Meaning("", "1 if that and all quarks of its decay lie within the jet's radius"),
}
"""What the generator knows of each jet."""
CHARGE = "constituent_charge"
GENERATED = JETS | SUBSTRUCTURE | TRUTH | FOUR_MOMENTUM | {CHARGE: OF_CONSTITUENTS[CHARGE]}
"""What the generator `pythia_jets` makes of each jet, with or without a detector."""
