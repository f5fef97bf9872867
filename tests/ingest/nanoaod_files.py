"""Small NanoAOD files written event by event, in the names and types of several versions."""

import awkward as ak
import numpy as np
import uproot

PFNANO = {
    "candidates": "PFCands",
    "table": "FatJetPFCands",
    "index": "pFCandsIdx",
    "integers": np.int32,
}
V15 = {
    "candidates": "PFCand",
    "table": "FatJetPFCand",
    "index": "pfCandIdx",
    "integers": np.int16,
}
JET = ("pt", "eta", "phi", "mass", "rawFactor")
CANDIDATE = ("pt", "eta", "phi", "mass", "puppiWeight", "charge", "pdgId")
PARTICLE = ("pdgId", "genPartIdxMother", "statusFlags", "eta", "phi")
WHOLE = ("charge", "pdgId", "genPartIdxMother", "statusFlags")
LAST = 1 << 13

# Three candidates of the first jet, none of the second; no jets; a jet in an event without
# candidates; one candidate shared by two jets. Candidates: pt, eta, phi, mass, weight, charge, id.
EVENTS = [
    {
        "jets": [(100.0, 0.5, 1.0, 20.0, 0.1), (50.0, -1.0, -2.0, 5.0, 0.2)],
        "candidates": [
            (10.0, 0.4, 1.1, 0.14, 1.0, 1, 211),
            (40.0, 0.5, 1.0, 0.0, 0.5, 0, 22),
            (99.0, 2.0, 0.0, 0.0, 1.0, 0, 130),
            (30.0, 0.6, 0.9, 0.5, 1.0, -1, -11),
            (70.0, 0.6, 0.9, 0.0, 0.0, 0, 130),
        ],
        "links": [(0, 0), (0, 4), (0, 3), (0, 1)],
    },
    {"jets": [], "candidates": [(5.0, 0.0, 0.0, 0.0, 1.0, 0, 22)], "links": []},
    {"jets": [(60.0, 0.0, 3.0, 7.0, 0.0)], "candidates": [], "links": []},
    {
        "jets": [(80.0, 0.0, 0.0, 8.0, 0.0), (70.0, 0.1, 0.1, 9.0, 0.0)],
        "candidates": [(60.0, 0.0, 0.1, 0.0, 1.0, 0, 22), (3.0, 0.0, 0.0, 0.1, 1.0, 1, 211)],
        "links": [(1, 1), (0, 0), (1, 0)],
    },
]

# One event a top pair: t -> t g -> b W, W -> W -> u dbar; tbar -> bbar W, W -> e nu.
# pdgId, index of the mother, statusFlags, eta, phi.
TOPS = [
    (6, -1, 0, 0.0, 0.0),
    (6, 0, LAST, 0.0, 0.0),
    (21, 0, 0, 3.0, 0.0),
    (5, 1, 0, 0.3, 0.0),
    (24, 1, 0, -0.1, 0.1),
    (24, 4, LAST, -0.1, 0.1),
    (2, 5, 0, -0.2, 0.2),
    (2, 6, LAST, -2.0, 0.2),
    (-1, 5, LAST, -0.3, -0.3),
    (-6, -1, LAST, 0.0, 3.1),
    (-5, 9, LAST, 0.0, 3.1),
    (-24, 9, LAST, 0.0, -3.1),
    (11, 11, LAST, 0.0, -3.1),
    (-12, 11, LAST, 0.0, -3.1),
]


def write(path, events=EVENTS, names=PFNANO, *, weights=True, generated=False, more=None):
    """Write events; `more` holds further branches: lists of one value or list each event."""
    integers = names["integers"]
    columns = _columns("FatJet", JET, [event["jets"] for event in events], integers)
    columns |= _columns(
        names["candidates"], CANDIDATE, [event["candidates"] for event in events], integers
    )
    columns |= _columns(
        names["table"], ("jetIdx", names["index"]), [event["links"] for event in events], integers
    )
    if not weights:
        del columns[f"{names['candidates']}_puppiWeight"]
    if generated:
        particles = [event.get("particles", []) for event in events]
        columns |= _columns("GenPart", PARTICLE, particles, integers)
    columns["nFatJet"] = np.array([len(event["jets"]) for event in events], dtype=np.uint32)
    columns["event"] = np.arange(len(events), dtype=np.uint64) + np.uint64(2**40)
    columns |= more or {}
    with uproot.recreate(path) as file:
        kinds = {
            name: values.dtype if isinstance(values, np.ndarray) else str(values.type.content)
            for name, values in columns.items()
        }
        tree = file.mktree("Events", kinds)
        if events:
            tree.extend(columns)
    return path


def jagged(lists, dtype):
    """Bring lists to an awkward array of a type, also where all are empty."""
    flat = np.array([value for values in lists for value in values], dtype=dtype)
    return ak.unflatten(flat, np.array([len(values) for values in lists], dtype=np.int64))


def _columns(collection, variables, events, integers):
    whole = (*WHOLE, "jetIdx", "pFCandsIdx", "pfCandIdx")
    return {
        f"{collection}_{name}": jagged(
            [[entry[i] for entry in event] for event in events],
            (np.int32 if name == "pdgId" else integers) if name in whole else np.float32,
        )
        for i, name in enumerate(variables)
    }
