"""Files cut at any length: refused, with what was found, in which file, and what to do."""

import shutil

import numpy as np
import pytest

from footprint.errors import FileFormatError
from tests.faults.study import TARGET, script
from tests.faults.whole import events, unfinished
from tests.workflow.weights import weights_of

SHARES = (0.0, 0.001, 0.2, 0.5, 0.9, 0.999)


def cut(path, share):
    """Keep the first bytes; with nearly all of them, all but one at least."""
    whole = path.read_bytes()
    path.write_bytes(whole[: min(int(len(whole) * share), len(whole) - 1)])


CUT = r"{} as HDF5: .*The file is truncated, corrupt or of another format; expected {} as .*"
NEXT = {
    "events": (lambda s: s.events, "build", CUT.format(r"00000599\.h5", "events") + "Delete it"),
    "dataset": (lambda s: s.dataset, "train", CUT.format(r"showers\.h5", "dataset") + "Delete it"),
    "predictions": (
        lambda s: s.predictions / f"{TARGET}.h5",
        "evaluate",
        CUT.format(r"mass\.h5", "predictions") + "Delete it and run again",
    ),
    "network": (
        lambda s: s.model,
        "predict",
        r"cannot load .*model\.keras as a Keras network: .*Delete it and train again",
    ),
}
"""What is cut, the step that reads it, and how it complains."""


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("name", NEXT)
def test_what_is_cut_is_refused_by_the_next_step(study, name, share):
    find, step, words = NEXT[name]
    study.lose(step)
    cut(find(study), share)
    with pytest.raises(FileFormatError, match=words):
        getattr(study, step)()
    assert unfinished(study.results) == []


@pytest.mark.parametrize("lost", [1, 3, 8, "row", "all"])
def test_a_history_that_is_cut_is_refused(study, lost):
    history = study.model.with_name("history.csv")
    text = history.read_text()
    rows = text.splitlines(keepends=True)
    kept = {"row": "".join(rows[:-1]), "all": ""}
    history.write_text(kept[lost] if lost in kept else text[:-lost])
    words = {
        "row": r"history\.csv is truncated: it has 3 epochs, expected 4 as .*training\.json says. "
        "Delete it and train again",
        "all": r"history\.csv is not a history in CSV: No columns",
    }.get(lost, r"history\.csv is truncated: its last line '4,.*' has no end, expected whole lines")
    with pytest.raises(FileFormatError, match=words):
        study.evaluate()


def test_a_record_that_is_cut_is_refused(study):
    cut(study.model.with_name("training.json"), 0.5)
    with pytest.raises(FileFormatError, match=r"training\.json is not the record of a training"):
        study.evaluate()


def test_a_network_with_other_bytes_is_refused(study):
    content = bytearray(study.model.read_bytes())
    weights = content.index(weights_of(study.model)["layers/dense/vars/0"][:64])
    content[weights] ^= 1
    study.model.write_bytes(content)
    words = r"model\.keras as a Keras network: model\.weights\.h5 in it does not have the bytes"
    with pytest.raises(FileFormatError, match=words):
        study.predict()


def test_facts_that_are_cut_are_not_drawn(study):
    cut(study.tables / "target.json", 0.5)
    with pytest.raises(FileFormatError, match=r"target\.json is not JSON .*: evaluate again"):
        study.draw()


def test_a_table_that_is_cut_is_not_drawn(study):
    table = study.tables / "comparison.csv"
    table.write_text(table.read_text()[:-3])
    with pytest.raises(FileFormatError, match=r"comparison\.csv is truncated: its last line"):
        study.draw()


def test_metrics_that_are_cut_are_not_summarised(study, tmp_path):
    cut(study.metrics, 0.9)
    words = r"mass\.json is not a metrics file of Footprint: .*Evaluate again"
    with pytest.raises(FileFormatError, match=f"(?s){words}"):
        script("summarise")([study.metrics], tmp_path / "s.md")


def test_a_checkpoint_that_is_cut_is_said_and_trains_anew(study, caplog):
    expected = weights_of(study.model)
    study.lose("train")
    shutil.copy(study.dataset, study.model.with_name("checkpoint.h5"))
    cut(study.model.with_name("checkpoint.h5"), 0.5)
    study.train()
    assert "checkpoint.h5 as HDF5" in caplog.text
    assert "starting anew" in caplog.text
    assert weights_of(study.model) == expected


def test_events_are_refused_wherever_they_are_cut(study, rng):
    whole = study.events.read_bytes()
    lengths = np.unique(np.concatenate([
        np.arange(0, 2100, 97), rng.integers(0, len(whole), 200), len(whole) - np.arange(1, 20),
    ]))  # fmt: skip
    for length in lengths:
        study.events.write_bytes(whole[:length])
        with pytest.raises(FileFormatError, match="cannot read"):
            events(study.events)
    study.events.write_bytes(whole)
    events(study.events)
