"""Boxes: areas, overlaps, suppression, formats, and the codes that a detector predicts for them. No gradients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from grader.core.operations.sizes import ORDERS
from grader.core.registry import operation
from grader.core.support.inputs import (
    Array,
    ArrayOrFloat,
    as_array,
    check_room,
    check_shape,
    entries,
    is_sequence,
    number_or_array,
    one_of,
    real,
    shown,
    whole,
)

FORMATS = ("xyxy", "xywh", "cxcywh")


def _boxes(value: ArrayLike, name: str) -> Array:
    """Boxes (N, 4), or one box (4)."""
    boxes = as_array(value, name)
    if boxes.ndim not in (1, 2) or boxes.shape[-1] != 4:
        raise ValueError(f"expected {name} of shape (4) or (N, 4), received shape {boxes.shape}")
    return boxes


def _corners(value: ArrayLike, fmt: str, name: str) -> Array:
    """Boxes as (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2."""
    corners = _converted(_boxes(value, name), one_of(fmt, "fmt", FORMATS), "xyxy")
    if np.any(corners[..., :2] > corners[..., 2:]):
        raise ValueError(f"expected {name} as (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2, received {shown(value)}")
    return corners


def _converted(boxes: Array, in_fmt: str, out_fmt: str) -> Array:
    if in_fmt == out_fmt:
        return boxes
    first, second = boxes[..., :2], boxes[..., 2:]
    corner = {"xyxy": first, "xywh": first, "cxcywh": first - second / 2}[in_fmt]
    size = second - first if in_fmt == "xyxy" else second
    # the far corner of a box from its centre, as PyTorch computes it
    far = {"xyxy": second, "xywh": first + second, "cxcywh": first + second / 2}[in_fmt]
    parts = {"xyxy": (corner, far), "xywh": (corner, size), "cxcywh": (corner + size / 2, size)}[out_fmt]
    return np.concatenate(parts, axis=-1)


def _areas(corners: Array) -> Array:
    return np.asarray((corners[..., 2] - corners[..., 0]) * (corners[..., 3] - corners[..., 1]))


def _overlaps(one: Array, other: Array) -> tuple[Array, Array]:
    """Intersection and union of every pair of (..., N, 4) and (..., M, 4)."""
    check_room((one.shape[-2], other.shape[-2], 2))
    near = np.maximum(one[..., :, None, :2], other[..., None, :, :2])
    far = np.minimum(one[..., :, None, 2:], other[..., None, :, 2:])
    common = np.clip(far - near, 0.0, None).prod(axis=-1)
    return common, _areas(one)[..., :, None] + _areas(other)[..., None, :] - common


def _ratio(common: Array, union: Array) -> Array:
    if np.any(union == 0):
        raise ValueError("expected boxes with an area, received two that have none")
    return np.asarray(common / union)


@operation(topic="detection")
def box_convert(boxes: ArrayLike, in_fmt: str, out_fmt: str) -> Array:
    """Boxes in another form: "xyxy" (two corners), "xywh" (corner and size), "cxcywh" (centre and size).

    boxes (4) or (N, 4); the result has their shape.

    Raises ValueError for another shape and an unknown form. Source: torchvision.ops.box_convert.

    >>> box_convert([10, 20, 30, 60], "xyxy", "cxcywh")
    array([20., 40., 20., 40.])
    """
    source, target = one_of(in_fmt, "in_fmt", FORMATS), one_of(out_fmt, "out_fmt", FORMATS)
    return _converted(_boxes(boxes, "boxes"), source, target)


@operation(topic="detection")
def box_area(boxes: ArrayLike, fmt: str = "xyxy") -> ArrayOrFloat:
    """The areas of boxes: width times height, without any added pixel.

    boxes (4) gives a number, (N, 4) gives (N); fmt as in `box_convert`.

    Raises ValueError for another shape, an unknown form and corners in the wrong order. Source:
    torchvision.ops.box_area.

    >>> box_area([[0, 0, 2, 3], [1, 1, 1, 5]])
    array([6., 0.])
    """
    return number_or_array(_areas(_corners(boxes, fmt, "boxes")))


@operation(topic="detection")
def box_iou(boxes1: ArrayLike, boxes2: ArrayLike, fmt: str = "xyxy") -> Array:
    """Intersection over union of every box of the first list with every box of the second.

    boxes1 (N, 4), boxes2 (M, 4); the result is (N, M); fmt as in `box_convert`. The union counts the intersection once.

    Raises ValueError for other shapes, corners in the wrong order and two boxes without an area. Source:
    torchvision.ops.box_iou.

    >>> box_iou([[0, 0, 2, 2]], [[1, 0, 3, 2], [5, 5, 6, 6]]).round(6)
    array([[0.333333, 0.      ]])
    """
    one, other = _corners(boxes1, fmt, "boxes1"), _corners(boxes2, fmt, "boxes2")
    return _ratio(*_overlaps(np.atleast_2d(one), np.atleast_2d(other)))


@operation(topic="detection")
def iou(box1: ArrayLike, box2: ArrayLike, fmt: str = "xyxy") -> float:
    """Intersection over union of two boxes.

    box1 and box2 (4); fmt as in `box_convert`.

    Raises ValueError for other shapes, corners in the wrong order and two boxes without an area. Source:
    Jaccard (1901); for boxes Everingham et al., "The Pascal VOC Challenge" (2010).

    >>> iou([0, 0, 2, 2], [1, 1, 3, 4])
    0.1111111111111111
    """
    corners = []
    for box, name in ((box1, "box1"), (box2, "box2")):
        check_shape(as_array(box, name), (4,), name)
        corners.append(_corners(box, fmt, name)[None])
    return float(_ratio(*_overlaps(*corners))[0, 0])


@operation(topic="detection")
def generalized_box_iou(boxes1: ArrayLike, boxes2: ArrayLike) -> Array:
    """The generalised IoU of every pair: IoU - (hull - union) / hull, the hull being the smallest box around both.

    boxes1 (N, 4), boxes2 (M, 4), as corners; the result is (N, M), from -1 to 1.

    Raises ValueError for other shapes, corners in the wrong order and two boxes without an area. Source: Rezatofighi et
    al. (2019); torchvision.ops.generalized_box_iou.

    >>> generalized_box_iou([[0, 0, 1, 1]], [[0, 0, 1, 1], [2, 0, 3, 1]]).round(6)
    array([[ 1.      , -0.333333]])
    """
    one, other = np.atleast_2d(_corners(boxes1, "xyxy", "boxes1")), np.atleast_2d(_corners(boxes2, "xyxy", "boxes2"))
    common, union = _overlaps(one, other)
    near = np.minimum(one[:, None, :2], other[None, :, :2])
    far = np.maximum(one[:, None, 2:], other[None, :, 2:])
    hull = (far - near).prod(axis=-1)
    return np.asarray(_ratio(common, union) - (hull - union) / hull)


@operation(topic="detection", stepped=True)
def nms(boxes: ArrayLike, scores: ArrayLike, iou_threshold: float) -> list[int]:
    """Non-maximum suppression: the indices of the boxes that are kept, by falling score.

    boxes (N, 4) as corners, scores (N). The best box is kept, those that overlap it by an IoU above the threshold are
    dropped, and so on with the next. Of equal scores the earlier box comes first.

    Raises ValueError for other shapes and corners in the wrong order. Source: torchvision.ops.nms.

    >>> nms([[0, 0, 2, 2], [0, 0, 2, 3], [5, 5, 6, 6]], [0.8, 0.9, 0.3], 0.5)
    [1, 2]
    """
    corners = np.atleast_2d(_corners(boxes, "xyxy", "boxes"))
    ranks = np.atleast_1d(as_array(scores, "scores"))
    check_shape(ranks, corners.shape[:1], "scores")
    common, union = _overlaps(corners, corners)
    # boxes without an area overlap nothing
    overlapping = common / np.where(union == 0, 1.0, union) > real(iou_threshold, "iou_threshold")
    kept: list[int] = []
    dropped = np.zeros(len(ranks), dtype=bool)
    for index in np.argsort(-ranks, kind="stable"):
        if not dropped[index]:
            kept.append(int(index))
            dropped |= overlapping[index]
    return kept


def _weights(weights: Sequence[float]) -> Array:
    factors = as_array(weights, "weights")
    check_shape(factors, (4,), "weights")
    if np.any(factors == 0):
        raise ValueError("expected weights other than 0, received one that is 0")
    return factors


def _pairs(one: ArrayLike, other: ArrayLike, names: tuple[str, str]) -> tuple[Array, Array]:
    first, second = _boxes(one, names[0]), _boxes(other, names[1])
    check_shape(second, first.shape, names[1])
    return first, second


def _centres(corners: Array, name: str) -> tuple[Array, Array]:
    """Centres and sizes of boxes, which must have an area."""
    sizes = corners[..., 2:] - corners[..., :2]
    if np.any(sizes <= 0):
        raise ValueError(f"expected {name} with an area, as (x1, y1, x2, y2) with x1 < x2 and y1 < y2")
    return corners[..., :2] + sizes / 2, sizes


@operation(topic="detection")
def box_encode(boxes: ArrayLike, anchors: ArrayLike, weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0)) -> Array:
    """What a detector predicts for a box at an anchor: centre offsets over anchor sizes, logarithms of size ratios.

    boxes and anchors (4) or (N, 4), as corners; the result (dx, dy, dw, dh) has their shape, times weights.

    Raises ValueError for shapes that differ, boxes or anchors without an area and a weight of 0. Source: Girshick et
    al., "Rich feature hierarchies" (2014), appendix C; torchvision's BoxCoder.

    >>> box_encode([2, 0, 6, 4], [0, 0, 4, 4])
    array([0.5, 0. , 0. , 0. ])
    """
    found, given = _pairs(boxes, anchors, ("boxes", "anchors"))
    centres, sizes = _centres(found, "boxes")
    anchor_centres, anchor_sizes = _centres(given, "anchors")
    offsets = (centres - anchor_centres) / anchor_sizes
    return np.concatenate((offsets, np.log(sizes / anchor_sizes)), axis=-1) * _weights(weights)


@operation(topic="detection")
def box_decode(codes: ArrayLike, anchors: ArrayLike, weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0)) -> Array:
    """The box that a detector's prediction means at an anchor: the inverse of `box_encode`.

    codes (dx, dy, dw, dh) and anchors (corners), (4) or (N, 4); the result is corners of the same shape. Codes are
    divided by weights first.

    Raises ValueError for shapes that differ, anchors without an area and a weight of 0. Source: as of `box_encode`.

    >>> box_decode([0.5, 0, 0, 0], [0, 0, 4, 4])
    array([2., 0., 6., 4.])
    """
    written, given = _pairs(codes, anchors, ("codes", "anchors"))
    written = written / _weights(weights)
    anchor_centres, anchor_sizes = _centres(given, "anchors")
    centres = anchor_centres + written[..., :2] * anchor_sizes
    with np.errstate(over="ignore"):
        sizes = np.exp(written[..., 2:]) * anchor_sizes
    return np.concatenate((centres - sizes / 2, centres + sizes / 2), axis=-1)


@operation(topic="detection")
def anchor_boxes(sizes: ArrayLike, aspect_ratios: ArrayLike, center: ArrayLike = (0.0, 0.0)) -> Array:
    """The anchors of one place: a box of each size and each aspect ratio around a centre, as corners.

    sizes: the side of the square of the same area; aspect_ratios: height over width. The box is s/sqrt(r) wide and
    s sqrt(r) high. All sizes of the first ratio come first, then those of the second. center (2), or (K, 2) for the
    anchors of K centres, one centre after the other.

    Raises ValueError for sizes and ratios that are not above 0 and too many boxes. Source: Ren et al., "Faster R-CNN"
    (2015); torchvision's AnchorGenerator, which also rounds.

    >>> anchor_boxes([4, 8], [1, 4])
    array([[-2., -2.,  2.,  2.],
           [-4., -4.,  4.,  4.],
           [-1., -4.,  1.,  4.],
           [-2., -8.,  2.,  8.]])
    """
    sides, ratios = np.atleast_1d(as_array(sizes, "sizes")), np.atleast_1d(as_array(aspect_ratios, "aspect_ratios"))
    for values, name in ((sides, "sizes"), (ratios, "aspect_ratios")):
        if values.ndim != 1 or np.any(values <= 0):
            raise ValueError(f"expected {name} as a list of numbers above 0, received {shown(values.tolist())}")
    centres = np.atleast_2d(as_array(center, "center"))
    if centres.ndim != 2 or centres.shape[1] != 2:
        raise ValueError(f"expected center as (x, y) or a list of them, received shape {centres.shape}")
    check_room((len(centres), len(ratios), len(sides), 4))
    widths = (sides[None, :] / np.sqrt(ratios)[:, None]).ravel()
    heights = (sides[None, :] * np.sqrt(ratios)[:, None]).ravel()
    half = np.stack((-widths, -heights, widths, heights), axis=-1) / 2
    return np.asarray((half[None] + np.tile(centres, 2)[:, None]).reshape(-1, 4))


@operation(topic="detection", stepped=True)
def yolo_output_shape(
    grid: int | Sequence[int], anchors: int, classes: int, order: str = "CHW"
) -> tuple[int, int, int]:
    """The shape that YOLO predicts: anchors (5 + classes) numbers for each cell of the grid.

    grid: one side or (height, width). Each anchor has four numbers for its box, one for an object, one per class. The
    shape is (channels, height, width), or (height, width, channels) where order is "HWC".

    Raises ValueError for sizes below 1 and an unknown order. Source: Redmon and Farhadi, "YOLO9000" (2017).

    >>> yolo_output_shape(13, 5, 20)
    (125, 13, 13)
    """
    sides = entries(grid) if is_sequence(grid) else [grid, grid]
    if len(sides) != 2:
        raise ValueError(f"expected grid to be a whole number or a pair of them, received {len(sides)} entries")
    height, width = (whole(side, "grid", 1) for side in sides)
    channels = whole(anchors, "anchors", 1) * (5 + whole(classes, "classes", 1))
    return (channels, height, width) if one_of(order, "order", ORDERS) == "CHW" else (height, width, channels)
