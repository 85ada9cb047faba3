"""Names that moved to `layer_type` and `shapes`."""

from grader.core.layers.layer_type import Options as Options
from grader.core.layers.shapes import channels_first as channels_first
from grader.core.layers.shapes import in_order as in_order
