"""The graph of the steps: layers, arrows that follow from others, boxes that do not touch."""

import re

import pytest

from footprint.report.graph import Steps, layers_of, reduced, svg

JOBS = {"simulate": 4, "build": 1, "train": 6, "predict": 6, "evaluate": 4, "study": 1, "report": 1}
EDGES = [
    ("simulate", "build"), ("build", "train"), ("build", "predict"), ("train", "predict"),
    ("predict", "evaluate"), ("train", "evaluate"), ("evaluate", "report"), ("study", "report"),
    ("train", "report"),
]  # fmt: skip


def test_arrows_that_follow_from_others_are_left_out():
    assert reduced(Steps(JOBS, EDGES)) == sorted(
        [("simulate", "build"), ("build", "train"), ("train", "predict"), ("predict", "evaluate"),
         ("evaluate", "report"), ("study", "report")]
    )  # fmt: skip


def test_every_step_stands_below_what_it_needs():
    edges = reduced(Steps(JOBS, EDGES))
    layers = layers_of(sorted(JOBS), edges)
    assert all(layers[a] < layers[b] for a, b in EDGES)
    assert layers["simulate"] == 0
    assert layers["study"] == layers["report"] - 1


def test_boxes_lie_apart_within_the_picture_and_say_how_often():
    picture = svg(Steps(JOBS, EDGES))
    pattern = r'<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.-]+)" height="(\d+)"'
    boxes = [tuple(map(float, found)) for found in re.findall(pattern, picture)]
    assert len(boxes) == len(JOBS)
    width, height = map(float, re.search(r'viewBox="0 0 (\d+) (\d+)"', picture).groups())
    for number, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for left, top, across, down in boxes[number + 1 :]:
            assert x + w <= left or left + across <= x or y + h <= top or top + down <= y
    assert ">train \N{MULTIPLICATION SIGN}6<" in picture
    assert ">build<" in picture
    assert picture.count('class="arrow"') == 6


def test_names_are_escaped_and_nothing_is_no_picture():
    assert "<script" not in svg(Steps({"<script>": 1}, []))
    assert svg(Steps({}, [])) == ""


@pytest.mark.parametrize("edges", [EDGES, EDGES[::-1]])
def test_the_order_of_the_edges_does_not_matter(edges):
    assert svg(Steps(JOBS, edges)) == svg(Steps(JOBS, EDGES))
