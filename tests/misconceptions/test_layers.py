"""Every layer type, in every operation that takes layers: all rules can be tried, and a wrong answer is marked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.core.layers.layer_type import layer_types
from grader.errors import AuthorError
from grader.homework.solution import solve
from grader.marking.diagnosis.lint import lint
from tests.marking.homework import assignment, parts, verdicts

Layer = dict[str, Any]
CONV = {"type": "conv2d", "out_channels": 6, "kernel_size": 3}
OPTIONS: dict[str, Layer] = {
    "adaptive_avg_pool": {"output_size": 3},
    "adaptive_max_pool": {"output_size": 3},
    "add": {"branches": [[{**CONV, "out_channels": 4, "padding": 1}], []]},
    "avg_pool": {"kernel_size": 3, "stride": 2},
    "channel_shuffle": {"groups": 2},
    "concat": {"branches": [[{**CONV, "padding": 1}], []]},
    "conv": {"out_channels": 6, "kernel_size": 3, "stride": 2, "padding": 1, "dilation": 2, "groups": 2},
    "conv_transpose": {"out_channels": 6, "kernel_size": 3, "stride": 2, "padding": 1, "groups": 2},
    "embedding": {"num_embeddings": 50, "embedding_dim": 8},
    "fold": {"output_size": (4, 4), "kernel_size": 2},
    "group_norm": {"num_groups": 2},
    "gru_cell": {"hidden_size": 5},
    "interpolate": {"scale_factor": 2},
    "linear": {"out_features": 7},
    "local_response_norm": {"size": 3},
    "lp_pool": {"norm_type": 2, "kernel_size": 3, "stride": 2},
    "lstm_cell": {"hidden_size": 5},
    "max_pool": {"kernel_size": 3},
    "max_unpool": {"kernel_size": 2},
    "multihead_attention": {"num_heads": 2},
    "pad": {"padding": (1, 2)},
    "patch_embedding": {"patch_size": 4, "embed_dim": 16, "class_token": True, "position_embedding": True},
    "pixel_shuffle": {"upscale_factor": 2},
    "pixel_unshuffle": {"downscale_factor": 4},
    "rnn_cell": {"hidden_size": 5},
    "sequential": {"layers": [CONV, {"type": "max_pool2d", "kernel_size": 2}]},
    "squeeze_excite": {"reduction": 2},
    "unfold": {"kernel_size": 3, "stride": 2},
    "upsample": {"scale_factor": 2},
}
"""The options without which a layer cannot be, and those that let rules apply."""
INPUTS = {
    "embedding": (9,),
    "flatten": (4, 8, 12),
    "fold": (8, 9),
    "gru_cell": (4,),
    "linear": (4,),
    "lstm_cell": (4,),
    "multihead_attention": (9, 8),
    "rnn_cell": (4,),
    "select": (9, 8),
}
SIZES = {1: (4, 12), 2: (4, 8, 12), 3: (4, 8, 12, 16)}
OF_A_LAYER = ("output_shape", "parameter_count")
OF_LAYERS = (
    "output_shapes", "parameter_counts", "weight_counts", "bias_counts", "macs", "flops", "activation_counts", "memory",
)  # fmt: skip


def question(name: str) -> str:
    stem, axes = (name[:-2], int(name[-2])) if name[-2:] in ("1d", "2d", "3d") else (name, 2)
    layer = {"type": name, **OPTIONS.get(stem, {})}
    shape = INPUTS.get(name, SIZES[axes])
    given = f"shape = {json.dumps(shape)}\nlayer = {_table(layer)}\n"
    compute = [f'{each} = "{each}(shape, layer)"' for each in OF_A_LAYER]
    compute += [f'{each} = "{each}(shape, [layer])"' for each in OF_LAYERS]
    compute += [f'sum_{each} = "total({each}(shape, [layer]))"' for each in OF_LAYERS[1:]]
    parts = [f"{line.split(' = ')[0]} = 1" for line in compute]
    return "\n".join(["[questions.given]", given, "[questions.compute]", *compute, "[questions.parts]", *parts])


def _table(value: Any) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_table(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_table, value)) + "]"
    return json.dumps(value)


@pytest.mark.parametrize("name", layer_types())
def test_all_rules_can_be_tried_at_every_layer(name: str) -> None:
    homework = assignment(question(name))
    solution = solve(homework)
    assert len(lint(solution)) == len(OF_A_LAYER) + 2 * len(OF_LAYERS) - 1
    wrong = {each: "'5 x 6 x 7 x 11'" if "shape" in each else "123457" for each in homework.questions[0].parts}
    found = verdicts(homework, "\n".join(f"{part} = {answer}" for part, answer in wrong.items()))
    assert set(found.values()) == {"wrong"}, found


@pytest.mark.parametrize("count", OF_LAYERS)
def test_a_layer_alone_is_a_list_of_one(count: str) -> None:
    text = question("concat").replace(", [layer])", ", layer)")
    alone, listed = solve(assignment(text)), solve(assignment(question("concat")))
    rows = [next(iter(each)).evaluation.value(count) for each in (alone, listed)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 2


def test_a_number_is_no_list_of_layers() -> None:
    text = question("relu").replace('"macs(shape, [layer])"', '"macs(shape, 3)"')
    with pytest.raises(AuthorError, match="expected a list of items, received '3'"):
        solve(assignment(text))


BLOCK = """
[questions.given]
image = [3, 20, 14]
block = {type = "concat", branches = [
    [{type = "conv2d", out_channels = 8, kernel_size = 3, padding = 1}],
    [
        {type = "conv2d", out_channels = 4, kernel_size = 1},
        {type = "conv2d", out_channels = 6, kernel_size = 3, padding = 1},
    ],
]}
twice = {type = "conv2d", out_channels = 5, kernel_size = 3, repeat = 2}
empty = {type = "sequential", layers = []}
[questions.compute]
shape = "output_shape(image, layer=block)"
count = "parameter_count(image, block)"
after = "output_shape(image, twice)"
kept = "output_shape(image, empty)"
none = "parameter_count(image, empty)"
[questions.parts]
shape = 1
count = 1
after = 1
kept = 1
none = 1
"""


def test_a_layer_with_others_inside_has_their_mistakes() -> None:
    homework = assignment(BLOCK)
    keys = {name: part.value for name, part in solve(homework).questions["q"].parts.items()}
    counted = 8 * 28 + 4 * 4 + 6 * 37
    assert keys == {"shape": (14, 20, 14), "count": counted, "after": (5, 16, 10), "kept": (3, 20, 14), "none": 0}
    wrong = parts(
        homework, f"count = {counted - 18}\nshape = '14 x 18 x 12'\nafter = '5 x 20 x 14'\nkept = '2 x 20 x 14'"
    )
    named = {name: [one.id for one in part.diagnoses] for name, part in wrong.items()}
    assert "param-no-bias" in named["count"]
    assert "shape-pad-ignored" in named["shape"]
    assert "shape-valid-as-same" in named["after"]
