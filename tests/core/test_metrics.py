"""Metrics against counts by hand and the definitions of the Pascal VOC development kits."""

import numpy as np
import pytest

import grader.core as core

DRAW = np.random.default_rng(73)
PREDS, TARGET = DRAW.integers(0, 4, size=(5, 6)), DRAW.integers(0, 4, size=(5, 6))
PAIRS = list(zip(PREDS.flat, TARGET.flat, strict=True))


def test_a_confusion_matrix_has_the_true_classes_as_rows():
    expected = [[sum(1 for p, t in PAIRS if (t, p) == (row, column)) for column in range(4)] for row in range(4)]
    assert core.confusion_matrix(PREDS, TARGET) == expected
    assert all(type(count) is int for row in core.confusion_matrix(PREDS, TARGET) for count in row)
    assert core.confusion_matrix([0], [0]) == [[1, 0], [0, 0]]
    assert core.confusion_matrix([0], [2], classes=4)[2] == [1, 0, 0, 0]
    assert core.accuracy(PREDS, TARGET) == pytest.approx(sum(p == t for p, t in PAIRS) / 30)


def test_precision_recall_and_f1_count_per_class():
    precisions, recalls, scores = [], [], []
    for c in range(4):
        tp = sum(1 for p, t in PAIRS if p == t == c)
        fp, fn = sum(1 for p, t in PAIRS if p == c != t), sum(1 for p, t in PAIRS if t == c != p)
        precisions.append(tp / (tp + fp))
        recalls.append(tp / (tp + fn))
        scores.append(2 * precisions[-1] * recalls[-1] / (precisions[-1] + recalls[-1]))
    for metric, expected in ((core.precision, precisions), (core.recall, recalls), (core.f1_score, scores)):
        np.testing.assert_allclose(metric(PREDS, TARGET, "none"), expected)
        assert metric(PREDS, TARGET, "macro") == pytest.approx(np.mean(expected))
        assert metric(PREDS, TARGET, "micro") == pytest.approx(core.accuracy(PREDS, TARGET))
        assert metric((PREDS == 2) * 1, (TARGET == 2) * 1) == pytest.approx(expected[2])
    assert core.precision([0, 0], [0, 1]) == 0.0, "nothing predicted"
    assert core.recall([0, 1], [0, 0]) == 0.0, "nothing to find"


def test_mean_iou_is_that_of_the_classes_that_occur():
    ious = []
    for c in range(4):
        both = sum(1 for p, t in PAIRS if p == t == c)
        ious.append(both / sum(1 for p, t in PAIRS if c in (p, t)))
    assert core.mean_iou(PREDS, TARGET) == pytest.approx(np.mean(ious))
    assert core.mean_iou(PREDS, TARGET, classes=9) == pytest.approx(np.mean(ious))


def voc_2010(precision, recall):
    """The development kit of 2010: padded, made to fall, and summed where the recall changes."""
    heights, places = [0, *precision, 0], [0, *recall, 1]
    for i in range(len(heights) - 2, -1, -1):
        heights[i] = max(heights[i], heights[i + 1])
    return sum((places[i + 1] - places[i]) * heights[i + 1] for i in range(len(places) - 1))


def voc_2007(precision, recall):
    """The development kit of 2007: the mean of the best precision from each tenth of the recall on."""
    tenths = [round(0.1 * k, 1) for k in range(11)]
    return sum(max((p for p, r in zip(precision, recall, strict=True) if r >= t), default=0) for t in tenths) / 11


def test_average_precision_is_that_of_the_development_kits():
    for _ in range(20):
        hits = DRAW.integers(0, 2, size=10)
        hits[0] = 1
        found = np.cumsum(hits)
        precision, recall = found / np.arange(1, 11), np.round(found / 10, 1)
        assert core.average_precision(precision, recall) == pytest.approx(voc_2010(precision, recall))
        assert core.average_precision(precision, recall, "11") == pytest.approx(voc_2007(precision, recall))
    assert core.average_precision(0.5, 0.3, "11_points") == pytest.approx(0.5 * 4 / 11)
    assert core.average_precision([1], [3 * 0.1], "11 points") == pytest.approx(4 / 11)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: core.accuracy([1, 0], [1]), "expected target of shape (2,), received shape (1,)"),
        (lambda: core.accuracy([1.5], [1]), "expected preds of class indices from 0, received 1.5"),
        (lambda: core.accuracy([np.inf], [1]), "expected preds of class indices from 0, received inf"),
        (lambda: core.accuracy([1], [-1]), "expected target of class indices from 0, received -1"),
        (
            lambda: core.confusion_matrix([3], [1], classes=3),
            "expected class indices below 3 in preds and target, received 3",
        ),
        (lambda: core.precision([2], [1]), 'expected two classes for the average "binary", received 3'),
        (
            lambda: core.recall([1], [1], "weighted"),
            "expected average to be one of binary, micro, macro, none, received 'weighted'",
        ),
        (lambda: core.average_precision([1, 1], [1]), "expected recall of shape (2,), received shape (1,)"),
        (
            lambda: core.average_precision([1, 1], [1, 0.5]),
            "expected recall that never falls, received [1.0, 0.5]",
        ),
        (
            lambda: core.average_precision([2], [1]),
            "expected precision as a list of shares from 0 to 1, received [2.0]",
        ),
        (
            lambda: core.average_precision([1], [1], "101"),
            "expected mode to be one of all, all_points, 11, 11_points, received '101'",
        ),
        (
            lambda: core.confusion_matrix([99999], [1]),
            "expected arrays of at most 33554432 cells, received options that ask for 10000000000",
        ),
    ],
)
def test_a_refusal_says_expected_and_received(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == sentence
