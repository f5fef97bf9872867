"""Conventions of public jet sets in npz archives: four-vectors filled up with zeros, images."""

from footprint.config.jet_arrays import FOUR_MOMENTUM, JETS
from footprint.config.npz_members import NpzArray

OF_JETS = (*FOUR_MOMENTUM, *JETS)
"""What the step `jets` makes of the four-vectors."""
MOST, PIXELS = 200, 40
PD4ML = {"energy": 0, "px": 1, "py": 2, "pz": 3}
TUTORIAL = {"energy": 2, "px": 3, "py": 4, "pz": 5}
"""Columns of the components; the tutorial's first two are eta and phi, which follow from them."""


def _four_vectors(member: str, columns: dict[str, int]) -> dict[str, NpzArray]:
    return {
        f"constituent_{name}": NpzArray(
            member=member,
            shape=[MOST],
            take=column,
            units=FOUR_MOMENTUM[f"constituent_{name}"].units,
            description=FOUR_MOMENTUM[f"constituent_{name}"].description,
        )
        for name, column in columns.items()
    }


def _is_signal(member: str) -> dict[str, NpzArray]:
    text = "1 for a jet of a top quark, 0 for one of QCD"
    return {"is_signal": NpzArray(member=member, type="int32", one_of=[0, 1], description=text)}


def pd4ml_top(_grid: list[int]) -> dict[str, NpzArray]:
    """pd4ml's Top: the top-tagging reference data as (n, 200, 4) of E, px, py, pz."""
    return _four_vectors("X_{split}_0", PD4ML) | _is_signal("y_{split}")


def tutorial_four_vectors(_grid: list[int]) -> dict[str, NpzArray]:
    """List what 4vectors_train.npz and 4vectors_test.npz hold, (n, 200, 6, 1)."""
    return _four_vectors("fourVectors", TUTORIAL) | _is_signal("labels")


def tutorial_images(_grid: list[int]) -> dict[str, NpzArray]:
    """List what images_train.npz and images_test.npz hold, (n, 40, 40)."""
    text = "pT or energy, as the file has it, in pixels of eta and phi"
    image = NpzArray(member="images", shape=[PIXELS, PIXELS], description=text)
    return {"jet_image": image} | _is_signal("labels")
