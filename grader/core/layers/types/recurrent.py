"""Recurrent cells: one step from the features of an input, and a hidden state, to the next hidden state."""

from __future__ import annotations

from grader.core.layers.layer_type import REQUIRED, LayerOptions, ReceptiveField, Shape, outputs, register
from grader.core.layers.shapes import in_order


def _cell(name: str, gates: int, summary: str) -> None:
    def shape(before: Shape, o: LayerOptions) -> Shape:
        if len(before) != 1:
            raise ValueError(f"expected features (n) before the {name} layer, received {in_order(before, o.order)}")
        o.agree("input_size", before[0])
        return (o.count("hidden_size"),)

    def weights(before: Shape, o: LayerOptions) -> int:
        """For each gate, a matrix for the input and one for the hidden state."""
        hidden = o.count("hidden_size")
        return gates * hidden * (before[0] + hidden)

    def biases(_before: Shape, o: LayerOptions) -> int:
        """As in PyTorch, one for each of the two matrices."""
        return 2 * gates * o.count("hidden_size") if o.on("bias") else 0

    def macs(before: Shape, _after: Shape, o: LayerOptions) -> int:
        return weights(before, o)

    register(
        name=name,
        summary=summary,
        family="recurrent",
        options={"input_size": None, "hidden_size": REQUIRED, "bias": True},
        shape=shape,
        weights=weights,
        biases=biases,
        macs=macs,
        activations=outputs,
        window=None,
        field=ReceptiveField.WHOLE,
        inside=None,
    )


_cell("rnn_cell", 1, "One step of a recurrent network without gates.")
_cell("lstm_cell", 4, "One step of a long short-term memory.")
_cell("gru_cell", 3, "One step of a gated recurrent unit.")
