"""Metrics of predictions: confusion, accuracy, precision and recall, average precision, mean IoU. No gradients."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.core.registry import operation
from grader.core.support.inputs import Array, ArrayOrFloat, as_array, check_room, check_shape, one_of, shown, whole

AVERAGES = ("binary", "micro", "macro", "none")
MODES = {"all": "all", "all_points": "all", "11": "11", "11_points": "11"}


def _labels(preds: ArrayLike, target: ArrayLike, classes: int | None) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
    """Predicted and true classes, and how many classes there are."""
    found, wanted = as_array(preds, "preds"), as_array(target, "target")
    check_shape(wanted, found.shape, "target")
    for labels, name in ((found, "preds"), (wanted, "target")):
        wrong = labels[~np.isfinite(labels) | (labels != np.floor(labels)) | (labels < 0)]
        if wrong.size:
            raise ValueError(f"expected {name} of class indices from 0, received {wrong[0]:g}")
    most = int(max(found.max(), wanted.max())) + 1
    count = max(most, 2) if classes is None else whole(classes, "classes", 1)
    if most > count:
        raise ValueError(f"expected class indices below {count} in preds and target, received {most - 1}")
    check_room((count, count))
    return found.astype(np.intp).ravel(), wanted.astype(np.intp).ravel(), count


def _confusion(preds: ArrayLike, target: ArrayLike, classes: int | None) -> NDArray[np.intp]:
    found, wanted, count = _labels(preds, target, classes)
    return np.bincount(wanted * count + found, minlength=count**2).reshape(count, count)


@operation(topic="metric", stepped=True)
def confusion_matrix(preds: ArrayLike, target: ArrayLike, classes: int | None = None) -> list[list[int]]:
    """How often each true class (row) was predicted as each class (column).

    preds and target: class indices of the same shape. classes is their number; without it, one more than the largest
    index, at least two.

    Raises ValueError for shapes that differ and indices that are not classes. Source: the layout of torchmetrics and
    scikit-learn.

    >>> confusion_matrix([0, 1, 1, 1], [0, 1, 0, 1])
    [[1, 1], [0, 2]]
    """
    return [[int(count) for count in row] for row in _confusion(preds, target, classes)]


@operation(topic="metric", stepped=True)
def accuracy(preds: ArrayLike, target: ArrayLike) -> float:
    """The share of predictions that are right.

    preds and target: class indices of the same shape.

    Raises ValueError for shapes that differ and indices that are not classes. Source: as defined in torchmetrics
    and scikit-learn.

    >>> accuracy([0, 1, 1, 1], [0, 1, 0, 1])
    0.75
    """
    found, wanted, _ = _labels(preds, target, None)
    return float((found == wanted).mean())


def _shares(right: Array, of: Array) -> Array:
    """right / of, and 0 where there is nothing to count."""
    return np.asarray(right / np.where(of == 0, 1.0, of))


def _averaged(right: Array, of: Array, average: str) -> ArrayOrFloat:
    """Per class, or averaged: over the class 1 alone, over all predictions, over the classes."""
    word = one_of(average, "average", AVERAGES)
    if word == "binary":
        if len(right) != 2:
            raise ValueError(f'expected two classes for the average "binary", received {len(right)}')
        return float(_shares(right, of)[1])
    if word == "micro":
        return float(_shares(right.sum(), of.sum()))
    return _shares(right, of) if word == "none" else float(_shares(right, of).mean())


def _counts(preds: ArrayLike, target: ArrayLike, classes: int | None) -> tuple[Array, Array, Array]:
    """Per class: predicted rightly, predicted, true."""
    matrix = _confusion(preds, target, classes).astype(np.float64)
    return np.diag(matrix).copy(), matrix.sum(axis=0), matrix.sum(axis=1)


@operation(topic="metric", stepped=True)
def precision(preds: ArrayLike, target: ArrayLike, average: str = "binary", classes: int | None = None) -> ArrayOrFloat:
    """The share of what was predicted as a class that is of it: TP / (TP + FP).

    preds and target: class indices of the same shape. average: "binary" (the class 1 of two), "micro" (all classes
    counted together), "macro" (the mean over classes) or "none" (one number per class). A class that was never
    predicted has precision 0.

    Raises ValueError for shapes that differ, indices that are not classes, an unknown average, and "binary" where there
    are not two classes. Source: van Rijsbergen, "Information Retrieval" (1979), chapter 7.

    >>> round(precision([0, 1, 1, 1], [0, 1, 0, 1]), 6)
    0.666667
    """
    right, predicted, _ = _counts(preds, target, classes)
    return _averaged(right, predicted, average)


@operation(topic="metric", stepped=True)
def recall(preds: ArrayLike, target: ArrayLike, average: str = "binary", classes: int | None = None) -> ArrayOrFloat:
    """The share of what is of a class that was predicted as it: TP / (TP + FN).

    Arguments are those of `precision`. A class that never occurs has recall 0.

    Raises ValueError as `precision` does. Source: as of `precision`.

    >>> recall([0, 0, 1, 1], [0, 1, 0, 1])
    0.5
    """
    right, _, true = _counts(preds, target, classes)
    return _averaged(right, true, average)


@operation(topic="metric", stepped=True)
def f1_score(preds: ArrayLike, target: ArrayLike, average: str = "binary", classes: int | None = None) -> ArrayOrFloat:
    """The harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).

    Arguments are those of `precision`; "macro" is the mean of the classes' scores.

    Raises ValueError as `precision` does. Source: as of `precision`.

    >>> f1_score([0, 1, 1, 1], [0, 1, 0, 1])
    0.8
    """
    right, predicted, true = _counts(preds, target, classes)
    return _averaged(2 * right, predicted + true, average)


@operation(topic="metric")
def average_precision(precision: ArrayLike, recall: ArrayLike, mode: str = "all") -> float:
    """The area under the interpolated precision-recall curve.

    precision and recall: lists of the same length, one entry per detection by falling score, so that recall never
    falls. Interpolated, the precision at a recall is the highest one at that recall or beyond. mode "all" (or
    "all_points") adds it up over every step of the recall, "11" (or "11_points") takes its mean at 0, 0.1, ..., 1.

    Raises ValueError for lists of different lengths, numbers outside 0 to 1, a falling recall and an unknown mode.
    Source: Everingham et al., "The Pascal VOC Challenge" (2010), and its development kits before and after 2010.

    >>> average_precision([1, 0.5, 2/3], [0.5, 0.5, 1])
    0.8333333333333333
    """
    heights, places = np.atleast_1d(as_array(precision, "precision")), np.atleast_1d(as_array(recall, "recall"))
    check_shape(places, heights.shape, "recall")
    for values, name in ((heights, "precision"), (places, "recall")):
        if values.ndim != 1 or np.any((values < 0) | (values > 1)):
            raise ValueError(f"expected {name} as a list of shares from 0 to 1, received {shown(values.tolist())}")
    if np.any(np.diff(places) < 0):
        raise ValueError(f"expected recall that never falls, received {places.tolist()}")
    how = MODES[one_of(str(mode).replace(" ", "_"), "mode", tuple(MODES))]
    best = np.maximum.accumulate(heights[::-1])[::-1]
    if how == "all":
        return float((np.diff(places, prepend=0.0) * best).sum())
    # recalls such as 3/10 may be a rounding error below the exact tenth
    first = np.searchsorted(places, np.linspace(0, 1, 11) - 1e-9)
    return float(np.append(best, 0.0)[first].mean())


@operation(topic="metric", stepped=True)
def mean_iou(preds: ArrayLike, target: ArrayLike, classes: int | None = None) -> float:
    """The mean over classes of intersection over union of the cells predicted as a class and those that are of it.

    preds and target: class indices of the same shape, as of a segmentation. Classes that occur in neither do not count.

    Raises ValueError for shapes that differ and indices that are not classes. Source: Long et al., "Fully Convolutional
    Networks" (2015), section 5.

    >>> mean_iou([[0, 1], [1, 1]], [[0, 1], [0, 1]])
    0.5833333333333333
    """
    right, predicted, true = _counts(preds, target, classes)
    union = predicted + true - right
    return float((right[union > 0] / union[union > 0]).mean())
