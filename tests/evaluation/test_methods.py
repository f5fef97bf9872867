from dataclasses import replace

import numpy as np
import pytest

from footprint.errors import DataError, FileFormatError
from footprint.evaluation.methods import gather


def test_predictions_in_another_order_are_aligned(classification, experiment, write, rng):
    network, simple = classification(), classification("linear")
    order = rng.permutation(300)
    shuffled = replace(
        simple,
        event_id=simple.event_id[order],
        truth=simple.truth[order],
        prediction=simple.prediction[order],
        spectators={name: values[order] for name, values in simple.spectators.items()},
    )
    found = gather("cnn", experiment(), [write(network)], [write(shuffled)])
    np.testing.assert_array_equal(found.baselines["linear"].prediction, simple.prediction)
    assert found.events == 300


def test_a_folder_of_baselines_and_marked_oracles(classification, experiment, write):
    plain = write(classification("boosting", config='{"method": "boosting", "oracle": false}'), "b")
    write(classification("best", config='{"method": "boosting", "oracle": true}'), "b")
    found = gather("cnn", experiment(), [write(classification())], [plain.parent])
    assert sorted(found.baselines) == ["best", "boosting"]
    assert found.oracles == ("best",)


def test_an_empty_folder_means_no_baselines(classification, experiment, write, tmp_path):
    (tmp_path / "none").mkdir()
    found = gather("cnn", experiment(), [write(classification())], [tmp_path / "none"])
    assert found.baselines == {}


def test_one_column_is_flattened_and_more_refused(regression, experiment, write):
    p = regression()
    column = replace(p, truth=p.truth[:, None], prediction=p.prediction[:, None])
    found = gather("cnn", experiment("regression"), [write(column)], [])
    assert found.first.truth.shape == found.first.prediction.shape == (300,)
    pair = replace(
        p,
        seed=2,
        truth=np.stack([p.truth, p.truth], axis=1),
        prediction=np.stack([p.prediction, p.prediction], axis=1),
    )
    with pytest.raises(
        DataError,
        match=r"truth of 'xmax' has 2 values an event.*: give the target `kind: direction` if it "
        "is a unit vector or `kind: position` if it is a point, and build the data set again",
    ):
        gather("cnn", experiment("regression"), [write(pair)], [])
    p.spectators["axis"] = np.zeros((300, 3))
    specs = p.spectator_specs | {"axis": p.spectator_specs["mass_number"]}
    with pytest.raises(
        DataError,
        match=r"spectator 'axis' has 3 values.*: take 'axis' out of evaluation\.against, or keep",
    ):
        gather(
            "cnn",
            experiment("regression", against=["axis"]),
            [write(replace(p, spectator_specs=specs))],
            [],
        )


def refused(message, classification, experiment, write, network=None, baselines=()):
    with pytest.raises(DataError, match=message):
        gather("cnn", experiment(), [write(network or classification())], baselines)


def test_other_events_are_refused(classification, experiment, write):
    other = classification("linear")
    other = replace(other, event_id=other.event_id + np.uint64(100))
    message = (
        r"linear-0?1?\.h5 and .*cnn-1\.h5 are not of the same events: 300 and 300, 200 in both"
    )
    refused(message, classification, experiment, write, None, [write(other)])


def test_other_truth_is_refused(classification, experiment, write):
    other = classification("linear")
    other.truth[:4] = (other.truth[:4] + 1) % 3
    message = "disagree on the truth of 4 of 300 events; predict again from one data set"
    refused(message, classification, experiment, write, None, [write(other)])


def test_other_classes_are_refused(classification, experiment, write):
    other = replace(classification("linear"), classes=("iron", "proton", "photon"))
    message = r"has classes \['iron', 'proton', 'photon'\], .* they cannot be compared"
    refused(message, classification, experiment, write, None, [write(other)])


def test_repeated_events_are_refused(classification, experiment, write):
    p = classification()
    p.event_id[1] = p.event_id[0]
    refused("1 event_id come more than once, first 0", classification, experiment, write, p)


def test_a_missing_class_is_named(classification, experiment, write):
    p = classification()
    p.truth[p.truth == 1] = 0
    message = "no test events of class iron of 'mass' .*add events or take the class out"
    refused(message, classification, experiment, write, p)
    p.truth[:] = 2
    refused("no test events of class proton, iron", classification, experiment, write, p)


def test_unknown_class_numbers_are_refused(classification, experiment, write):
    p = classification()
    p.truth[0] = 7
    message = r"class numbers \[7\] of 'mass' have no name"
    refused(message, classification, experiment, write, p)


def test_truth_that_is_not_finite_is_refused(regression, experiment, write):
    p = regression()
    p.truth[:2] = np.nan
    with pytest.raises(DataError, match="truth of 'xmax' is not finite in 2 of 300 events"):
        gather("cnn", experiment("regression"), [write(p)], [])


def test_an_empty_test_split_is_refused(classification, experiment, write):
    p = classification(events=0)
    refused("holds no events: the test split is empty", classification, experiment, write, p)


def test_wrong_task_missing_spectator_and_no_files(classification, experiment, write):
    path = write(classification())
    with pytest.raises(DataError, match="is a classification, the experiment is a regression"):
        gather("cnn", experiment("regression"), [path], [])
    with pytest.raises(DataError, match=r"against names 'zen', which .* spectators there: zenith"):
        gather("cnn", experiment(against=["zen"]), [path], [])
    with pytest.raises(DataError, match="'cnn': no prediction files given"):
        gather("cnn", experiment(), [], [])


def test_repeated_seeds_and_labels_are_refused(classification, experiment, write):
    path = write(classification())
    with pytest.raises(DataError, match="'cnn': seed 1 comes more than once"):
        gather("cnn", experiment(), [path, path], [])
    with pytest.raises(DataError, match="label cnn comes more than once"):
        gather("cnn", experiment(), [path], [write(classification("cnn", seed=0))])


def test_a_missing_file_is_named(experiment, tmp_path):
    with pytest.raises(FileFormatError, match=r"file not found: .*nothing\.h5"):
        gather("cnn", experiment(), [tmp_path / "nothing.h5"], [])


def test_directions_and_positions_keep_their_columns(direction, position, experiment, write):
    for p, columns in ((direction(), 3), (position(), 2)):
        found = gather("cnn", experiment(p.task), [write(p)], [])
        assert found.first.truth.shape == found.first.prediction.shape == (300, columns)
    # One coordinate is a position too.
    single = replace(p, truth=p.truth[:, 0], prediction=p.prediction[:, 0])
    assert gather("cnn", experiment("position"), [write(single)], []).first.truth.shape == (300, 1)


def test_directions_that_are_none_are_refused(direction, experiment, write):
    def refused(message, **changes):
        with pytest.raises(DataError, match=message):
            gather("cnn", experiment("direction"), [write(replace(p, **changes))], [])

    p = direction()
    refused(
        r"truth of 'axis' has 2 values an event, a direction has 3: give the target `kind: pos",
        truth=p.truth[:, :2],
        prediction=p.prediction[:, :2],
    )
    longer = p.truth.copy()
    longer[[4, 7]] *= 2
    refused("'axis' is no unit vector in 2 of 300 events, first of length 2", truth=longer)
    nowhere = p.prediction.copy()
    nowhere[3] = 0
    refused("'axis' has length zero in 1 of 300 events and points nowhere", prediction=nowhere)


def test_other_truth_in_one_coordinate_is_one_event(position, experiment, write):
    p = position()
    other = replace(p, method="linear", truth=p.truth.copy())
    other.truth[5] += 1
    with pytest.raises(DataError, match="disagree on the truth of 1 of 300 events"):
        gather("cnn", experiment("position"), [write(p)], [write(other)])


def test_nothing_is_relative_to_a_truth_that_is_not_positive(regression, experiment, write):
    p = replace(regression(), relative=True)
    p.truth[:3] = [0, -1, -2]
    with pytest.raises(DataError, match=r"'xmax' is not positive in 3 of 300 .*take `relative`"):
        gather("cnn", experiment("regression"), [write(p)], [])
    plain = regression("linear")
    with pytest.raises(DataError, match=r"has relative False, .* has True: they cannot"):
        gather(
            "cnn",
            experiment("regression"),
            [write(replace(regression(), relative=True))],
            [write(plain)],
        )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"spectator": "mass", "between": [1, 56]}, r"xmax\.spectator names 'mass', which"),
        (
            {"spectator": "mass_number", "between": [1, 57]},
            r"separation\.xmax: 0 test events in .* with mass_number 57: two at least",
        ),
    ],
)
def test_kinds_that_are_not_there_are_refused(asked, message, regression, experiment, write):
    config = experiment("regression", separation={"xmax": asked})
    with pytest.raises(DataError, match=message):
        gather("cnn", config, [write(regression())], [])


def test_classes_that_are_not_there_are_refused(classification, experiment, write):
    config = experiment(separation={"mass": ["proton", "ironn"]})
    with pytest.raises(DataError, match=r"mass: .* has no class 'ironn'; did you mean 'iron'"):
        gather("cnn", config, [write(classification())], [])
