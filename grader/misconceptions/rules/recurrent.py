"""Recurrent cells: terms and activations left out of a step, and gates exchanged."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core import sigmoid
from grader.core.support.inputs import Array
from grader.formula.substitution import Alternatives, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, differentiated_argument, forward, gradient, needs

_CELLS = ("rnn_cell", "gru_cell", "lstm_cell")
_ROWS = ("w_ih", "w_hh", "b_ih", "b_hh")
_OPEN = 1e3
"""Added to the input of a gate's sigmoid to open the gate: the sigmoid is then 1."""


@misconception(
    id="rnn-state-ignored",
    operations=_CELLS,
    equals="the state before the step is left out",
    repair="Add W_hh times the state before the step.",
)
def _stateless(occurrence: Occurrence) -> Any:
    return occurrence.changed(w_hh=array(occurrence.bound()["w_hh"]) * 0)


@misconception(
    id="rnn-one-bias",
    operations=_CELLS,
    equals="only one of the two biases is added",
    repair="Add both biases: that of the input and that of the state.",
)
def _one_bias(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["b_ih"] is not None and given["b_hh"] is not None)
    return Alternatives((occurrence.changed(b_hh=None), occurrence.changed(b_ih=None)))


@misconception(
    id="rnn-linear",
    operations="rnn_cell",
    equals="the sum is given without the nonlinearity",
    repair="Apply the nonlinearity to the sum of both products and the biases.",
)
def _linear(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    x, h = array(given["input"]), array(given["hx"])
    total = x @ array(given["w_ih"]).T + h @ array(given["w_hh"]).T
    for bias in (given["b_ih"], given["b_hh"]):
        total = total if bias is None else total + array(bias)
    return total


def _blocks(value: Any, count: int) -> list[Array]:
    """The rows of the weights, in one block per gate."""
    return np.split(array(value), count, axis=0)


def _with_gates(occurrence: Occurrence, order: tuple[int, ...]) -> Any:
    """The call with the gates' rows of its weights in another order."""
    given = occurrence.bound()
    changed = {
        name: np.concatenate([_blocks(given[name], len(order))[gate] for gate in order])
        for name in _ROWS
        if given[name] is not None
    }
    return occurrence.changed(**changed)


@misconception(
    id="lstm-gates-exchanged",
    operations="lstm_cell",
    equals="the rows of the weights are read for other gates",
    repair="Read the rows in the order in which the question gives the gates: input, forget, cell, output.",
)
def _lstm_order(occurrence: Occurrence) -> Any:
    """The gates ordered input, forget, output, cell; forget, input, cell, output; or input, output, forget, cell."""
    orders = ((0, 1, 3, 2), (1, 0, 2, 3), (0, 2, 3, 1))
    return Alternatives(tuple(_with_gates(occurrence, order) for order in orders))


@misconception(
    id="gru-gates-exchanged",
    operations="gru_cell",
    equals="the reset gate and the update gate are exchanged",
    repair="Let the reset gate act inside the new content, the update gate mix the old state and the new content.",
)
def _gru_order(occurrence: Occurrence) -> Any:
    return _with_gates(occurrence, (1, 0, 2))


@misconception(
    id="lstm-forget-left-out",
    operations="lstm_cell",
    options={"gate": 1},
    equals="the old memory is kept whole, without the forget gate",
    repair="Multiply the old memory by the forget gate.",
)
@misconception(
    id="lstm-input-gate-left-out",
    operations="lstm_cell",
    options={"gate": 0},
    equals="the new content is added whole, without the input gate",
    repair="Multiply the new content by the input gate.",
)
def _open_gate(occurrence: Occurrence, gate: int) -> Any:
    """The call with one gate of the LSTM equal to 1."""
    given = occurrence.bound()
    rows = len(array(given["w_ih"]))
    bias = np.zeros(rows) if given["b_ih"] is None else array(given["b_ih"]).copy()
    bias[gate * rows // 4 : (gate + 1) * rows // 4] += _OPEN
    return occurrence.changed(b_ih=bias)


@misconception(
    id="lstm-no-tanh",
    operations="lstm_cell",
    equals="the new memory goes into the state without tanh",
    repair="Multiply the output gate by tanh of the new memory.",
)
def _no_tanh(occurrence: Occurrence) -> Any:
    state, memory = (array(value) for value in occurrence.right())
    needs(np.all(memory != 0))
    return state / np.tanh(memory) * memory, memory


@misconception(
    id="gru-mix-exchanged",
    operations="gru_cell",
    equals="the update gate weighs the new content, and the rest of it the old state",
    repair="Weigh the old state by z and the new content by 1 - z: this is the form that the question uses.",
)
def _mixed(occurrence: Occurrence) -> Any:
    """The call with z and 1 - z exchanged, because 1 - z is the sigmoid of the negative input."""
    given = occurrence.bound()
    changed = {}
    for name in _ROWS:
        if given[name] is not None:
            reset, update, new = _blocks(given[name], 3)
            changed[name] = np.concatenate([reset, -update, new])
    return occurrence.changed(**changed)


_ARGUMENTS = ("input", "hx", *_ROWS)


@misconception(
    id="rnn-grad-no-activation",
    operations=tuple(gradient("rnn_cell", name) for name in _ARGUMENTS),
    equals="the derivative of the nonlinearity is left out of the gradient of the cell",
    repair="Multiply the gradient of the state by the derivative of the nonlinearity first.",
)
@misconception(
    id="rnn-grad-square-forgotten",
    operations=tuple(gradient("rnn_cell", name) for name in _ARGUMENTS),
    options={"power": 1},
    equals="the derivative of tanh is taken as 1 minus its value, not 1 minus the square",
    repair="The derivative of tanh is 1 - tanh².",
)
def _through_cell(occurrence: Occurrence, power: int = 0) -> Any:
    given = occurrence.bound()
    g = array(given["grad_output"])
    needs(not power or given["nonlinearity"] == "tanh")
    delta = np.atleast_2d(g * (1 - array(forward(occurrence))) if power else g)
    x, h = np.atleast_2d(array(given["input"])), np.atleast_2d(array(given["hx"]))
    argument = differentiated_argument(occurrence) or ""
    factors = {
        "input": (delta, array(given["w_ih"])),
        "hx": (delta, array(given["w_hh"])),
        "w_ih": (delta.T, x),
        "w_hh": (delta.T, h),
    }
    left, right = factors.get(argument, (np.ones((1, len(delta))), delta))
    return (left @ right).reshape(np.shape(occurrence.right()))


@misconception(
    id="lstm-grad-one-output",
    operations=tuple(gradient("lstm_cell", name) for name in _ARGUMENTS),
    equals="only one of the gradients of state and memory is sent back",
    repair="Add what comes back from the state and from the memory.",
)
def _one_output(occurrence: Occurrence) -> Any:
    state, memory = (array(each) for each in occurrence.bound()["grad_output"])
    needs(np.any(state) and np.any(memory))
    kept = ((state, np.zeros_like(memory)), (np.zeros_like(state), memory))
    return Alternatives(tuple(occurrence.changed(grad_output=pair) for pair in kept))


@misconception(
    id="gru-grad-direct-path",
    operations=gradient("gru_cell", "hx"),
    equals="the old state that is handed on directly has no gradient",
    repair="Add the gradient of z h: the update gate hands the old state on.",
)
def _direct_path(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    x, h = array(given["input"]), array(given["hx"])
    update = x @ _blocks(given["w_ih"], 3)[1].T + h @ _blocks(given["w_hh"], 3)[1].T
    for bias in (given["b_ih"], given["b_hh"]):
        update = update if bias is None else update + _blocks(bias, 3)[1]
    return array(occurrence.right()) - array(given["grad_output"]) * array(sigmoid(update))
