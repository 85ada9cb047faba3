"""Metrics of predictions: mistakes with divisors, with the classes that count, and with the area under a curve."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core import confusion_matrix
from grader.core.support.inputs import Array
from grader.formula.arithmetic import is_number
from grader.formula.substitution import NotApplicableError, Occurrence
from grader.formula.tree import Binary, Call, Constant, Expression, same
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs
from grader.misconceptions.support.formulas import Subexpression, meaning, operands, own_expression, resolved, terms


def _matrix(occurrence: Occurrence) -> Array:
    """The confusion matrix: how often each true class (row) was predicted as each class (column)."""
    given = occurrence.bound()
    return array(confusion_matrix(given["preds"], given["target"], given.get("classes")))


@misconception(
    id="precision-recall-exchanged",
    operations=("precision", "recall"),
    equals="precision and recall are exchanged",
    repair="Divide by all that was predicted for the precision, by all that is true for the recall.",
)
def _exchanged(occurrence: Occurrence) -> Any:
    other = {"precision": "recall", "recall": "precision"}[occurrence.operation]
    return occurrence.changed(other, **occurrence.bound())


@misconception(
    id="metric-as-accuracy",
    operations=("precision", "recall", "f1_score"),
    equals="the share of all predictions that are right is given",
    repair="Count for the class that is asked for: the accuracy counts the other classes, too.",
)
def _as_accuracy(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["average"] in ("binary", "macro"))
    return occurrence.changed("accuracy", preds=given["preds"], target=given["target"])


@misconception(
    id="f1-arithmetic-mean",
    operations="f1_score",
    equals="the plain mean of precision and recall is taken",
    repair="Take the harmonic mean: twice their product over their sum.",
)
def _plain_mean(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    shares = [array(occurrence.value_of(occurrence.changed(name, **given))) for name in ("precision", "recall")]
    value = (shares[0] + shares[1]) / 2
    return float(value) if value.ndim == 0 else value


@misconception(
    id="harmonic-mean-as-plain",
    operations="/",
    equals="the arithmetic mean is taken in place of the harmonic mean",
    repair="Take the harmonic mean: twice the product of the two over their sum.",
)
def _harmonic(occurrence: Occurrence) -> Any:
    """The arithmetic mean in place of a harmonic mean 2ab/(a + b), 2/(1/a + 1/b) or 2n/(2n + a + b)."""
    above, (node, below) = operands(occurrence)
    added = list(terms(occurrence.evaluation, Subexpression(node, below)))
    if len(added) == 3 and _is_double(above.expression) and same(added[0].expression, above.expression):
        return _of_counts(*(_number(occurrence, part) for part in added))
    if not isinstance(below, Binary) or below.operator != "+":
        raise NotApplicableError
    sides = below.parts
    inverse = [side.parts[1] for side in sides if _is_inverse(side)]
    first, second = (
        _number(occurrence, Subexpression(node, part)) for part in (inverse if len(inverse) == 2 else sides)
    )
    top = 2 if len(inverse) == 2 else 2 * first * second
    needs(first > 0 and second > 0 and abs(_number(occurrence, above) - top) <= 1e-12 * top)
    return (first + second) / 2


def _of_counts(twice: float, first: float, second: float) -> float:
    """The mean of precision n/(n + a) and recall n/(n + b), given 2n, a and b."""
    needs(twice > 0 and first >= 0 and second >= 0)
    return (twice / (twice + 2 * first) + twice / (twice + 2 * second)) / 2


def _is_double(expression: Expression) -> bool:
    match expression:
        case Binary(operator="*", left=Constant(value=2)):
            return True
    return False


def _is_inverse(expression: Expression) -> bool:
    match expression:
        case Binary(operator="/", left=Constant(value=1)):
            return True
    return False


def _number(occurrence: Occurrence, part: Subexpression) -> float:
    value = meaning(occurrence.evaluation, part)
    if not is_number(value):
        raise NotApplicableError
    return float(value)


@misconception(
    id="share-as-complement",
    operations=("precision", "recall", "f1_score", "sigmoid", "/", "+", "**"),
    equals="one minus the value is given",
    repair="Check which share is asked for: that of the cases that are counted, or that of all others.",
    general=True,
)
def _complement(occurrence: Occurrence) -> Any:
    """1 minus the result of a whole formula between 0 and 1; for a sum, only if each of its terms is a share."""
    node = occurrence.evaluation.graph.nodes.get(occurrence.site.node)
    needs(node is not None and node.expression is occurrence.expression)
    if occurrence.operation == "+":
        added = [
            resolved(occurrence.evaluation, part) for part in terms(occurrence.evaluation, own_expression(occurrence))
        ]
        needs(all(_is_share(part.expression) for part in added))
    right = occurrence.right()
    needs(is_number(right) and 0 < right < 1)
    return 1 - right


def _is_share(expression: Expression) -> bool:
    match expression:
        case Binary(operator="/") | Call(function="precision" | "recall" | "f1_score" | "sigmoid"):
            return True
    return False


@misconception(
    id="macro-micro-exchanged",
    operations=("precision", "recall", "f1_score"),
    equals="the mean over classes and the count over all predictions are exchanged",
    repair="For the macro average compute each class first; for the micro average add the counts first.",
)
def _other_average(occurrence: Occurrence) -> Any:
    other = {"macro": "micro", "micro": "macro"}
    needs(occurrence.bound()["average"] in other)
    return occurrence.changed(average=other[occurrence.bound()["average"]])


@misconception(
    id="other-class-positive",
    operations=("precision", "recall", "f1_score"),
    equals="the other class is taken as the positive one",
    repair="Count the class 1 as positive.",
)
def _negative_class(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["average"] == "binary")
    return occurrence.changed(preds=1 - array(given["preds"]), target=1 - array(given["target"]))


@misconception(
    id="confusion-transposed",
    operations="confusion_matrix",
    equals="predicted classes are the rows and true ones the columns",
    repair="Let each row be a true class.",
)
def _transposed(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.changed(preds=given["target"], target=given["preds"])


@misconception(
    id="accuracy-as-error",
    operations="accuracy",
    equals="the share of wrong predictions is given",
    repair="Divide the number of right predictions by the number of all.",
)
def _error(occurrence: Occurrence) -> Any:
    return 1 - occurrence.right()


@misconception(
    id="ap-not-interpolated",
    operations="average_precision",
    equals="the precision at each point is used, not the highest at that recall or beyond",
    repair="Take the highest precision at each recall or beyond it before adding up.",
)
def _not_interpolated(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["mode"] in ("all", "all_points"))
    places = np.atleast_1d(array(given["recall"]))
    return float((np.diff(places, prepend=0.0) * np.atleast_1d(array(given["precision"]))).sum())


@misconception(
    id="ap-other-points",
    operations="average_precision",
    equals="the curve is added up at other points: eleven of them, or all",
    repair="Add up at the points that the question names.",
)
def _other_points(occurrence: Occurrence) -> Any:
    eleven = occurrence.bound()["mode"] not in ("all", "all_points")
    return occurrence.changed(mode="all" if eleven else "11")


@misconception(
    id="ap-plain-mean",
    operations="average_precision",
    equals="the precisions are averaged, whatever the recall",
    repair="Weight each precision by the step of the recall.",
)
def _mean_precision(occurrence: Occurrence) -> Any:
    return float(array(occurrence.bound()["precision"]).mean())


@misconception(
    id="mean-iou-union-sum",
    operations="mean_iou",
    equals="the union is the sum of both areas, the intersection not subtracted",
    repair="Subtract the intersection from the sum of the areas: the union counts it once.",
)
def _union_is_sum(occurrence: Occurrence) -> Any:
    matrix = _matrix(occurrence)
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    return float((np.diag(matrix)[both > 0] / both[both > 0]).mean())


@misconception(
    id="mean-iou-as-accuracy",
    operations="mean_iou",
    equals="the share of cells that are right is given",
    repair="Divide by the union of each class, then average over the classes.",
)
def _cell_accuracy(occurrence: Occurrence) -> Any:
    matrix = _matrix(occurrence)
    return float(np.trace(matrix) / matrix.sum())


@misconception(
    id="mean-iou-all-together",
    operations="mean_iou",
    equals="intersections and unions are added up over the classes before dividing",
    repair="Divide for each class by itself, then average.",
)
def _all_together(occurrence: Occurrence) -> Any:
    matrix = _matrix(occurrence)
    right = np.trace(matrix)
    return float(right / (2 * matrix.sum() - right))
