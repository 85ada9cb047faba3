"""Boxes against counted cells and plain arithmetic; numbers worked by hand with their source."""

import itertools
import math

import numpy as np
import pytest

import grader.core as core

DRAW = np.random.default_rng(61)


def whole_boxes(count):
    """Boxes with corners on whole numbers, so that their cells can be counted."""
    first = DRAW.integers(0, 8, size=(count, 2))
    return np.concatenate((first, first + DRAW.integers(1, 6, size=(count, 2))), axis=1)


def cells(box):
    x1, y1, x2, y2 = box
    return set(itertools.product(range(x1, x2), range(y1, y2)))


def hull(*boxes):
    return cells((*np.min(boxes, axis=0)[:2], *np.max(boxes, axis=0)[2:]))


def test_areas_and_overlaps_are_counts_of_cells():
    one, other = whole_boxes(5), whole_boxes(7)
    assert core.box_area(one).tolist() == [len(cells(box)) for box in one]
    received, generalized = core.box_iou(one, other), core.generalized_box_iou(one, other)
    assert received.shape == (5, 7)
    for i, j in np.ndindex(5, 7):
        common, union = cells(one[i]) & cells(other[j]), cells(one[i]) | cells(other[j])
        assert received[i, j] == pytest.approx(len(common) / len(union))
        around = len(hull(one[i], other[j]))
        assert generalized[i, j] == pytest.approx(len(common) / len(union) - (around - len(union)) / around)
        assert core.iou(one[i], other[j]) == received[i, j]


def test_a_quiz_of_deep_learning_ai():
    """Course 4, week 3: a 2x2 and a 2x3 box that share one cell: 1 / (4 + 6 - 1)."""
    assert core.iou([1, 3, 3, 5], [2, 1, 4, 4]) == pytest.approx(1 / 9)
    assert core.yolo_output_shape(19, 5, 20, order="HWC") == (19, 19, 125)
    assert core.yolo_output_shape((3, 4), 2, 1) == (12, 3, 4)


FORMS = {
    "xyxy": lambda x, y, w, h: (x, y, x + w, y + h),
    "xywh": lambda x, y, w, h: (x, y, w, h),
    "cxcywh": lambda x, y, w, h: (x + w / 2, y + h / 2, w, h),
}


@pytest.mark.parametrize(("source", "target"), list(itertools.product(FORMS, FORMS)))
def test_every_form_becomes_every_other(source, target):
    given = DRAW.uniform(1, 9, size=(4, 4))
    expected = [FORMS[target](*box) for box in given]
    np.testing.assert_allclose(core.box_convert([FORMS[source](*box) for box in given], source, target), expected)
    np.testing.assert_allclose(core.box_area(expected, target), [w * h for _, _, w, h in given])


def test_suppression_is_a_loop_over_falling_scores():
    for threshold in (0.1, 0.3, 0.6):
        boxes, scores = whole_boxes(14), np.round(DRAW.uniform(size=14), 1)
        kept = []
        for index in sorted(range(14), key=lambda i: (-scores[i], i)):
            if all(core.iou(boxes[index], boxes[other]) <= threshold for other in kept):
                kept.append(index)
        assert core.nms(boxes, scores, threshold) == kept
    assert core.nms([[0, 0, 1, 2], [0, 0, 1, 1]], [2, 1], 0.5) == [0, 1], "an overlap of the threshold itself stays"


def test_codes_are_offsets_in_anchor_sizes_and_come_back():
    boxes, anchors = whole_boxes(6), whole_boxes(6)
    codes = core.box_encode(boxes, anchors, (10, 10, 5, 5))
    for code, box, anchor in zip(codes, boxes, anchors, strict=True):
        x, y, w, h = (anchor[0] + anchor[2]) / 2, (anchor[1] + anchor[3]) / 2, *(anchor[2:] - anchor[:2])
        assert code[0] == pytest.approx(10 * ((box[0] + box[2]) / 2 - x) / w)
        assert code[1] == pytest.approx(10 * ((box[1] + box[3]) / 2 - y) / h)
        assert code[2] == pytest.approx(5 * math.log((box[2] - box[0]) / w))
        assert code[3] == pytest.approx(5 * math.log((box[3] - box[1]) / h))
    np.testing.assert_allclose(core.box_decode(codes, anchors, (10, 10, 5, 5)), boxes, atol=1e-12)


def test_anchors_have_the_area_and_the_ratio_that_are_asked():
    found = core.anchor_boxes([3, 5], [0.5, 1, 2], [[10, 20], [0, 1]])
    assert found.shape == (12, 4)
    asked = [(c, r, s) for c in ((10, 20), (0, 1)) for r in (0.5, 1, 2) for s in (3, 5)]
    for (x1, y1, x2, y2), (centre, ratio, side) in zip(found, asked, strict=True):
        assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx(centre)
        assert (y2 - y1) / (x2 - x1) == pytest.approx(ratio)
        assert (y2 - y1) * (x2 - x1) == pytest.approx(side**2)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: core.box_area([1, 2, 3]), "expected boxes of shape (4) or (N, 4), received shape (3,)"),
        (
            lambda: core.box_area([2, 0, 1, 1]),
            "expected boxes as (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2, received [2, 0, 1, 1]",
        ),
        (
            lambda: core.box_area([0, 0, 1, 1], "yxyx"),
            "expected fmt to be one of xyxy, xywh, cxcywh, received 'yxyx'",
        ),
        (
            lambda: core.iou([0, 0, 1, 1], [1, 1, 0, 0]),
            "expected box2 as (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2, received [1, 1, 0, 0]",
        ),
        (lambda: core.iou([0, 0, 0, 0], [0, 0, 0, 0]), "expected boxes with an area, received two that have none"),
        (lambda: core.iou([[0, 0, 1, 1]], [0, 0, 1, 1]), "expected box1 of shape (4,), received shape (1, 4)"),
        (lambda: core.nms([[0, 0, 1, 1]], [1, 2], 0.5), "expected scores of shape (1,), received shape (2,)"),
        (
            lambda: core.box_encode([0, 0, 1, 1], [0, 0, 0, 1]),
            "expected anchors with an area, as (x1, y1, x2, y2) with x1 < x2 and y1 < y2",
        ),
        (
            lambda: core.box_decode([0, 0, 0, 0], [0, 0, 1, 1], (1, 1, 1, 0)),
            "expected weights other than 0, received one that is 0",
        ),
        (lambda: core.anchor_boxes([0], [1]), "expected sizes as a list of numbers above 0, received [0.0]"),
        (
            lambda: core.anchor_boxes([1], [1], [1, 2, 3]),
            "expected center as (x, y) or a list of them, received shape (1, 3)",
        ),
        (lambda: core.yolo_output_shape(0, 5, 20), "expected grid to be a whole number of at least 1, received 0"),
        (
            lambda: core.box_iou(np.ones((5000, 4)), np.ones((5000, 4))),
            "expected arrays of at most 33554432 cells, received options that ask for 50000000",
        ),
    ],
)
def test_a_refusal_says_expected_and_received(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == sentence
