"""Boxes: mistakes with areas and overlaps, with how boxes are encoded, and with what a detector predicts for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core import box_area, box_convert
from grader.core.support.inputs import Array
from grader.formula.arithmetic import as_array, binary
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.formula.tree import Binary, Expression, Name, same
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, needs
from grader.misconceptions.support.formulas import Subexpression, meaning, operands, resolved, terms

_OVERLAPS = ("iou", "box_iou")
_FEATURES = 5
"""The numbers of an anchor besides its classes: four for the box, one for an object."""


def _corners(occurrence: Occurrence) -> dict[str, Array]:
    """The boxes of a call by argument, as corners."""
    given = occurrence.bound()
    names = [name for name in ("boxes", "box1", "box2", "boxes1", "boxes2") if name in given]
    return {name: array(box_convert(given[name], given.get("fmt", "xyxy"), "xyxy")) for name in names}


def _areas(occurrence: Occurrence) -> tuple[Array, Array]:
    """The areas of the two lists of boxes, as a column and as a row."""
    one, other = (np.atleast_1d(array(box_area(boxes))) for boxes in _corners(occurrence).values())
    return one[:, None], other[None, :]


def _like_right(values: Array, occurrence: Occurrence) -> Any:
    return float(values.reshape(-1)[0]) if np.ndim(occurrence.right()) == 0 else values


def _common(occurrence: Occurrence) -> Array:
    """The intersection of every pair of boxes; NotApplicableError if all are empty."""
    ratio, (one, other) = np.atleast_2d(array(occurrence.right())), _areas(occurrence)
    needs(np.any(ratio > 0))
    return np.asarray(ratio * (one + other) / (1 + ratio))


@misconception(
    id="iou-union-sum",
    operations=(*_OVERLAPS, "-"),
    equals="the union is the sum of both areas, the intersection not subtracted",
    repair="Subtract the intersection from the sum of the areas: the union counts it once.",
)
def _union_is_sum(occurrence: Occurrence) -> Any:
    if occurrence.operation == "-":
        return _written_union(occurrence)
    common, (one, other) = _common(occurrence), _areas(occurrence)
    return _like_right(common / (one + other), occurrence)


@misconception(
    id="iou-intersection-twice",
    operations=(*_OVERLAPS, "-"),
    equals="the intersection is subtracted from the union twice",
    repair="Subtract the intersection once: the union keeps one copy of it.",
)
def _subtracted_twice(occurrence: Occurrence) -> Any:
    if occurrence.operation == "-":
        _written_union(occurrence)
        return binary("-", occurrence.right(), occurrence.arguments[1])
    common, (one, other) = _common(occurrence), _areas(occurrence)
    needs(np.all(one + other > 2 * common))
    return _like_right(common / (one + other - 2 * common), occurrence)


def _written_union(occurrence: Occurrence) -> Any:
    """The a + b of inter/(a + b - inter), written out in a formula."""
    evaluation, own = occurrence.evaluation, occurrence.site.node
    subtracted = resolved(evaluation, operands(occurrence)[1]).expression
    for node in evaluation.graph.nodes.values():
        for expression in node.expression.walk():
            if isinstance(expression, Binary) and expression.operator == "/":
                part = Subexpression(node.name, expression.left)
                alike = same(expression.left, operands(occurrence)[1].expression) or same(
                    resolved(evaluation, part).expression, subtracted
                )
                if alike and _divides_by(expression.right, occurrence.expression, own):
                    return occurrence.arguments[0]
    raise NotApplicableError


def _divides_by(divisor: Expression, difference: Expression, node: str) -> bool:
    return divisor is difference or (isinstance(divisor, Name) and divisor.id == node)


@misconception(
    id="iou-plus-one",
    operations=(*_OVERLAPS, "box_area"),
    equals="one pixel is added to every width and height",
    repair="Take differences of coordinates as they are: here boxes are continuous, x2 - x1 wide.",
)
def _plus_one(occurrence: Occurrence) -> Any:
    wider = {name: boxes + np.array([0, 0, 1, 1]) for name, boxes in _corners(occurrence).items()}
    return occurrence.changed(**wider, fmt="xyxy")


@misconception(
    id="iou-one-area",
    operations=(*_OVERLAPS, "-"),
    equals="the intersection is divided by the area of one box",
    repair="Divide by the union of both boxes.",
)
def _over_one_area(occurrence: Occurrence) -> Any:
    if occurrence.operation == "-":
        _written_union(occurrence)
        evaluation, (areas, _) = occurrence.evaluation, operands(occurrence)
        return Alternatives(tuple(meaning(evaluation, area) for area in terms(evaluation, areas)))
    common, (one, other) = _common(occurrence), _areas(occurrence)
    needs(np.all(one > 0) and np.all(other > 0))
    shares = [common / one, common / other, common / np.minimum(one, other)]
    return Alternatives(tuple(_like_right(share, occurrence) for share in shares))


@misconception(
    id="iou-as-dice",
    operations=_OVERLAPS,
    equals="twice the intersection is divided by the sum of the areas",
    repair="Divide the intersection by the union: twice it over the sum is the Dice coefficient.",
)
def _as_dice(occurrence: Occurrence) -> Any:
    ratio = array(occurrence.right())
    needs(np.any(ratio > 0))
    value = 2 * ratio / (1 + ratio)
    return float(value) if value.ndim == 0 else value


@misconception(
    id="box-far-corner-as-size",
    operations=(*_OVERLAPS, "box_area"),
    equals="the second corner of a box is read as its width and height",
    repair="Subtract the corners: the box is x2 - x1 wide and y2 - y1 high.",
)
def _corner_as_size(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["fmt"] == "xyxy")
    return occurrence.changed(fmt="xywh")


@misconception(
    id="giou-no-hull",
    operations="generalized_box_iou",
    equals="the IoU is given, without the part for the box around both",
    repair="Subtract the share of the box around both that belongs to neither.",
)
def _no_hull(occurrence: Occurrence) -> Any:
    return occurrence.changed("box_iou", **occurrence.bound())


def _sizes(boxes: Any) -> Array:
    corners = array(boxes)
    return np.asarray(corners[..., 2:] - corners[..., :2])


@misconception(
    id="box-code-not-divided",
    operations="box_encode",
    equals="the offsets of the centre are not divided by the size of the anchor",
    repair="Divide the offsets by width and height of the anchor.",
)
def _not_divided(occurrence: Occurrence) -> Any:
    code = array(occurrence.right())
    return np.concatenate((code[..., :2] * _sizes(occurrence.bound()["anchors"]), code[..., 2:]), axis=-1)


@misconception(
    id="box-code-no-log",
    operations="box_encode",
    equals="the ratios of the sizes are given without the logarithm",
    repair="Take the logarithm of the ratios of width and height.",
)
def _no_log(occurrence: Occurrence) -> Any:
    given, code = occurrence.bound(), array(occurrence.right())
    ratios = _sizes(given["boxes"]) / _sizes(given["anchors"]) * array(given["weights"])[2:]
    return np.concatenate((code[..., :2], ratios), axis=-1)


@misconception(
    id="box-code-exchanged",
    operations="box_encode",
    equals="box and anchor are exchanged",
    repair="Describe the box from the anchor: offsets from its centre, over its size.",
)
def _code_exchanged(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.changed(boxes=given["anchors"], anchors=given["boxes"])


@misconception(
    id="box-decode-no-exp",
    operations="box_decode",
    equals="the sizes are multiplied by the codes without the exponential",
    repair="Multiply the size of the anchor by the exponential of the code.",
)
def _no_exponential(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    codes = array(given["codes"]) / array(given["weights"])
    needs(np.all(codes[..., 2:] > 0))
    logarithms = np.concatenate((codes[..., :2], np.log(codes[..., 2:])), axis=-1)
    return occurrence.changed(codes=logarithms, weights=(1.0, 1.0, 1.0, 1.0))


@misconception(
    id="yolo-anchors-forgotten",
    operations="yolo_output_shape",
    options={"channels": "features"},
    equals="each cell predicts one box, whatever the number of anchors",
    repair="Multiply by the number of anchors: each of them has numbers of its own.",
)
@misconception(
    id="yolo-classes-forgotten",
    operations="yolo_output_shape",
    options={"channels": "boxes"},
    equals="the classes are left out of the numbers of an anchor",
    repair="Add one number for each class to every anchor.",
)
@misconception(
    id="yolo-no-objectness",
    operations="yolo_output_shape",
    options={"channels": "no object"},
    equals="an anchor has four numbers beside its classes, none for an object",
    repair="Count the number that says whether there is an object, too.",
)
@misconception(
    id="yolo-classes-shared",
    operations="yolo_output_shape",
    options={"channels": "shared"},
    equals="the classes are counted once for a cell, not once for each anchor",
    repair="Count the classes for each anchor: each of them has its own.",
)
def _channels(occurrence: Occurrence, channels: str) -> Any:
    given = occurrence.bound()
    anchors, classes = given["anchors"], given["classes"]
    count = {
        "features": _FEATURES + classes,
        "boxes": anchors * _FEATURES,
        "no object": anchors * (_FEATURES - 1 + classes),
        "shared": anchors * _FEATURES + classes,
    }[channels]
    shape = list(as_array(occurrence.right()))
    shape[0 if given["order"] == "CHW" else -1] = count
    return tuple(shape)


@misconception(
    id="iou-not-divided",
    operations=_OVERLAPS,
    equals="the area of the intersection is given, not its share of the union",
    repair="Divide the intersection by the union.",
)
def _intersection_alone(occurrence: Occurrence) -> Any:
    """The intersection itself, recovered from the IoU of a single pair of boxes."""
    given = occurrence.bound()
    needs(np.ndim(occurrence.right()) == 0 and occurrence.operation == "iou")
    one, other = (float(array(box_area(given[name], given["fmt"]))) for name in ("box1", "box2"))
    ratio = float(occurrence.right())
    needs(ratio > 0)
    return ratio * (one + other) / (1 + ratio)
