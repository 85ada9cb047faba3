"""The table of misconceptions as a whole: ids that reports and statistics may rely on, sources, sentences."""

from __future__ import annotations

from collections import Counter

import pytest

from grader.misconceptions.registry import Misconception, misconceptions

CONTRACT = """
conv-flip conv-transpose conv-no-bias conv-one-channel conv-channel-mean conv-no-pad conv-pad-replicate
conv-stride-ignored conv-dilation-ignored shape-ceil shape-no-round shape-no-plus1 shape-pad-once
shape-pad-ignored shape-stride-ignored shape-dilation-ignored shape-dilation-kd shape-depth-cin
shape-depth-cin-cout shape-pool-stride1 shape-pool-channels params-as-units weight-shape-as-output
param-no-bias param-no-cin param-bias-per-cin param-one-bias param-no-cout param-k-not-squared
param-no-sharing param-pool dense-no-channels dense-no-bias dense-bias-in rf-product rf-no-jump rf-jump-own
rf-jump-prev-only rf-sum-k rf-last-kernel rf-pool-ignored rf-dilation-ignored rf-area-for-side mac-flops-x2
mac-no-spatial mac-no-cin mac-input-size mac-bottleneck-only-2nd mac-bottleneck-cin pct-remaining
pct-wrong-base gap-sum gap-side gap-input-count dx-no-rot dx-valid dx-cell-copied role-swap dw-rot dw-uses-o
dw-one-window db-no-sum max-all-cells max-as-mean max-times-value max-wrong-cell avg-tile avg-no-div avg-twice
relu-no-mask relu-mask-on-grad c1d-w-left-in c1d-flipped mom-none mom-reset mom-sign mom-swap mom-ema
mom-lr-twice mom-lr-on-velocity mom-nesterov mom-ascent loss-half stale-weights densenet-no-input
densenet-once densenet-off-by-one inception-add-reductions inception-pool-full kron-order kron-identity
kron-not-trimmed he-xavier he-variance he-no-channels bound-sum bound-off-by-one elu-deriv leaky-zero
sigmoid-deriv
"""
"""The first hundred ids: class statistics name them, so none may go or be renamed."""


def test_ids_are_unique() -> None:
    assert [id for id, count in Counter(rule.id for rule in misconceptions()).items() if count > 1] == []


def test_the_first_hundred_are_there() -> None:
    assert len(set(CONTRACT.split())) == 100
    assert set(CONTRACT.split()) <= {rule.id for rule in misconceptions()}
    assert len(misconceptions()) >= 140


@pytest.mark.parametrize("rule", misconceptions(), ids=lambda rule: rule.id)
def test_a_rule_says_what_and_what_to_do_and_where_it_was_seen(rule: Misconception) -> None:
    assert rule.operations
    assert rule.source == "well known" or rule.source.startswith("paper 00")
    assert not rule.equals.fields and not rule.repair.fields
    assert not str(rule.equals).endswith(".")
    assert str(rule.repair).endswith(".")
