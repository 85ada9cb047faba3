"""Newer activations, normalizations, attention and recurrent cells against SciPy and plain loops."""

import math

import numpy as np
import pytest
from scipy import special, stats

import grader.core as core

DRAW = np.random.default_rng(47)
WIDE = np.array([-1e300, -1000, -40, -2.5, 0, 1e-9, 0.7, 5.9, 6.1, 40, 1e300])


def test_activations_agree_with_scipy():
    x = DRAW.normal(scale=3, size=(3, 4))
    np.testing.assert_allclose(core.gelu(x), x * stats.norm.cdf(x), atol=1e-15)
    np.testing.assert_allclose(core.gelu(-10), -10 * stats.norm.cdf(-10), rtol=1e-12)
    np.testing.assert_allclose(core.gelu(x, "tanh"), core.gelu(x), atol=5e-4)
    np.testing.assert_allclose(core.silu(x), x * special.expit(x))
    np.testing.assert_allclose(core.softplus(x, 0.7), special.log1p(np.exp(0.7 * x)) / 0.7)
    np.testing.assert_array_equal(core.softplus([3, 5], 1, 4), [math.log1p(math.exp(3)), 5])


@pytest.mark.parametrize("name", ["gelu", "silu", "softplus", "relu6", "hardtanh"])
def test_activations_never_overflow_keep_nan_and_give_numbers_for_numbers(name):
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(getattr(core, name)(WIDE)).all()
        assert np.isfinite(getattr(core, f"{name}_grad_input")(np.ones(11), WIDE)).all()
    assert np.isnan(getattr(core, name)([np.nan])).all()
    assert isinstance(getattr(core, name)(3), float)
    assert isinstance(getattr(core, f"{name}_grad_input")(1, 3), float)


def test_pieces_are_straight():
    np.testing.assert_array_equal(core.relu6(WIDE), [min(max(x, 0), 6) for x in WIDE])
    np.testing.assert_array_equal(core.hardtanh(WIDE, -2, 3), [min(max(x, -2), 3) for x in WIDE])
    np.testing.assert_array_equal(core.relu6_grad_input([1, 1], [0, 6]), [0, 0])
    x, w = DRAW.normal(size=(2, 3, 4)), DRAW.normal(size=3)
    expected = [[[v if v > 0 else w[c] * v for v in row] for c, row in enumerate(sample)] for sample in x]
    np.testing.assert_allclose(core.prelu(x, w), expected)
    np.testing.assert_allclose(core.prelu(x, 0.2), core.leaky_relu(x, 0.2))


def test_dropout_keeps_the_mean_and_its_gradient_is_itself():
    x, mask = DRAW.normal(size=(3, 4)), DRAW.integers(0, 2, size=(3, 4))
    expected = [[v / 0.75 if m else 0 for v, m in zip(*rows, strict=True)] for rows in zip(x, mask, strict=True)]
    np.testing.assert_allclose(core.dropout(x, mask, 0.25), expected)
    np.testing.assert_array_equal(core.dropout_grad_input(x, 0 * x, mask, 0.25), core.dropout(x, mask, 0.25))
    np.testing.assert_array_equal(core.dropout(x, mask.astype(bool), 0), np.where(mask, x, 0))
    np.testing.assert_array_equal(core.dropout(x, mask, 1), 0 * x)


def test_normalizations_without_a_mean():
    x, weight = DRAW.normal(size=(2, 3, 4)), DRAW.normal(size=4)
    expected = [[row / math.sqrt(sum(v * v for v in row) / 4 + 0.1) * weight for row in sample] for sample in x]
    np.testing.assert_allclose(core.rms_norm(x, 4, weight, 0.1), expected)
    centred = x - x.mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(core.rms_norm(centred, 4, eps=0.1), core.layer_norm(x, 4, eps=0.1))


@pytest.mark.parametrize("size", [1, 2, 5, 11])
def test_local_response_norm_is_its_sum_over_neighbours(size):
    x = DRAW.normal(size=(2, 6, 3, 4))
    expected = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*x.shape):
        around = [x[n, o, i, j] ** 2 for o in range(c - size // 2, c + (size - 1) // 2 + 1) if 0 <= o < 6]
        expected[n, c, i, j] = x[n, c, i, j] / (2 + 0.3 / size * sum(around)) ** 0.6
    np.testing.assert_allclose(core.local_response_norm(x, size, 0.3, 0.6, 2), expected)


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def gate(row, x, h, cell):
    """One row of W_ih x + b_ih, and one of W_hh h + b_hh."""
    inner = sum(w * v for w, v in zip(cell["w_ih"][row], x, strict=True)) + cell["b_ih"][row]
    return inner, sum(w * v for w, v in zip(cell["w_hh"][row], h, strict=True)) + cell["b_hh"][row]


def cell_of(gates):
    shapes = {"w_ih": (gates * 3, 2), "w_hh": (gates * 3, 3), "b_ih": (gates * 3,), "b_hh": (gates * 3,)}
    return {name: DRAW.normal(size=shape) for name, shape in shapes.items()}


def test_recurrent_cells_are_their_gates_one_number_at_a_time():
    x, h, c = DRAW.normal(size=2), DRAW.normal(size=3), DRAW.normal(size=3)
    cell = cell_of(1)
    expected = [math.tanh(sum(gate(k, x, h, cell))) for k in range(3)]
    np.testing.assert_allclose(core.rnn_cell(x, h, **cell), expected)
    np.testing.assert_allclose(
        core.rnn_cell(x, h, **cell, nonlinearity="relu"), np.maximum(np.arctanh(expected), 0), atol=1e-12
    )
    cell, state = cell_of(3), []
    for k in range(3):
        r, z = sigmoid(sum(gate(k, x, h, cell))), sigmoid(sum(gate(3 + k, x, h, cell)))
        inner, outer = gate(6 + k, x, h, cell)
        state.append((1 - z) * math.tanh(inner + r * outer) + z * h[k])
    np.testing.assert_allclose(core.gru_cell(x, h, **cell), state)
    cell, hidden, memory = cell_of(4), [], []
    for k in range(3):
        i, f, o = (sigmoid(sum(gate(place + k, x, h, cell))) for place in (0, 3, 9))
        memory.append(f * c[k] + i * math.tanh(sum(gate(6 + k, x, h, cell))))
        hidden.append(o * math.tanh(memory[-1]))
    new_hidden, new_memory = core.lstm_cell(x, (h, c), **cell)
    np.testing.assert_allclose(new_hidden, hidden)
    np.testing.assert_allclose(new_memory, memory)


def test_attention_averages_values_by_softmax_of_scaled_products():
    q, k, v = DRAW.normal(size=(3, 5)), DRAW.normal(size=(4, 5)), DRAW.normal(size=(4, 2))
    rows = [special.softmax([sum(a * b for a, b in zip(x, y, strict=True)) / math.sqrt(5) for y in k]) for x in q]
    np.testing.assert_allclose(core.attention_weights(q, k), rows)
    expected = [[sum(w * y[j] for w, y in zip(row, v, strict=True)) for j in range(2)] for row in rows]
    np.testing.assert_allclose(core.scaled_dot_product_attention(q, k, v), expected)
    causal = core.attention_weights(q, k, is_causal=True)
    assert np.array_equal(causal == 0, np.arange(4) > np.arange(3)[:, None])
    np.testing.assert_allclose(causal, core.attention_weights(q, k, np.tril(np.ones((3, 4), dtype=bool))))
    shut = core.attention_weights(q, k, [[False] * 4, [True, False, False, False], [True] * 4])
    np.testing.assert_allclose(shut, [[0, 0, 0, 0], [1, 0, 0, 0], rows[2]])


def test_shared_heads_are_repeated_heads():
    q, k, v = DRAW.normal(size=(6, 3, 5)), DRAW.normal(size=(2, 4, 5)), DRAW.normal(size=(2, 4, 7))
    shared = core.scaled_dot_product_attention(q, k, v, enable_gqa=True)
    for head in range(6):
        alone = core.scaled_dot_product_attention(q[head], k[head // 3], v[head // 3])
        np.testing.assert_allclose(shared[head], alone)


CELL = {"w_ih": [[1, 2]], "w_hh": [[1]]}


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: core.gelu(1, "erf"), "expected approximate to be one of none, tanh, received 'erf'"),
        (lambda: core.softplus(1, beta=0), "expected beta to be above 0, received 0"),
        (lambda: core.hardtanh(1, 2, 1), "expected min_val to be at most max_val 1, received 2"),
        (
            lambda: core.prelu(np.ones((2, 3)), [1, 2]),
            "expected weight of one number or one per channel, shape (3,), received shape (2,)",
        ),
        (lambda: core.dropout([1, 2], [1, 0.5]), "expected mask of 1 (kept) and 0 (dropped), received 0.5"),
        (lambda: core.dropout([1, 2], [1, 1, 0]), "expected mask that broadcasts to shape (2,), received shape (3,)"),
        (lambda: core.dropout([1, 2], [1, 1], 1.5), "expected p to be at most 1, received 1.5"),
        (
            lambda: core.local_response_norm([[1, 2]], 2),
            "expected input of shape (N, C, L) or (N, C, H, W), received shape (1, 2)",
        ),
        (
            lambda: core.local_response_norm(np.ones((1, 2, 3)), 10**400),
            f"expected size to be at most 33554432, received {10**400}",
        ),
        (lambda: core.rnn_cell([1, 2], [1, 1], **CELL), "expected w_ih of shape (2, 2), received shape (1, 2)"),
        (lambda: core.rnn_cell([1, 2], [[1]], **CELL), "expected hx of shape (H), received shape (1, 1)"),
        (
            lambda: core.rnn_cell([1, 2], [1], **CELL, nonlinearity="elu"),
            "expected nonlinearity to be one of tanh, relu, received 'elu'",
        ),
        (
            lambda: core.lstm_cell([1, 2], [1], **CELL),
            "expected hx as (h, c), two arrays of one shape, received shape (1,)",
        ),
        (
            lambda: core.attention_weights([[1, 2]], [[1, 2, 3]]),
            "expected key of 2 features, as query has them, received 3",
        ),
        (
            lambda: core.attention_weights([[1]], [[1]], [[True]], is_causal=True),
            "expected attn_mask or is_causal, received both",
        ),
        (
            lambda: core.attention_weights([[1]], [[1]], [[0, 0]]),
            "expected attn_mask that broadcasts to shape (1, 1), received shape (1, 2)",
        ),
        (
            lambda: core.scaled_dot_product_attention([[1]], [[1]], [[1]], dropout_p=0.5),
            "expected dropout_p = 0 (see `dropout`, which takes its mask), received 0.5",
        ),
        (
            lambda: core.scaled_dot_product_attention([[1]], [[1]], [[1], [2]]),
            "expected value with the positions of key (1, 1), received shape (2, 1)",
        ),
        (
            lambda: core.attention_weights(np.ones((9000, 1)), np.ones((9000, 1))),
            "expected arrays of at most 33554432 cells, received options that ask for 81000000",
        ),
    ],
)
def test_a_refusal_says_expected_and_received(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == sentence
