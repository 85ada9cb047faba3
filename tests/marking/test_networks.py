"""A paper on a published network: its causes are found with few calls of the core, however many layers there are."""

from __future__ import annotations

import pytest

from grader.formula.library import Library
from tests.marking.homework import assignment, parts

TOTALS = """
[questions.given]
image = [3, 224, 224]
[questions.compute]
params = "total(parameter_counts(image, network('resnet18')))"
work = "total(macs(image, network('resnet18')))"
cells = "total(activation_counts(image, network('resnet18')))"
[questions.parts]
params = 1
work = 1
cells = 1
"""


def test_a_wrong_total_of_a_network_takes_few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """11,689,512 parameters are right; with a bias in each of the 20 convolutions there are 4,800 more, one a channel.

    The other two are no mistake's, so everything is tried, in every layer, for three parts.
    """
    called: list[str] = []
    call = Library.call
    monkeypatch.setattr(Library, "call", lambda self, name, *rest: (called.append(name), call(self, name, *rest))[1])
    found = parts(assignment(TOTALS), "params = 11694312\nwork = 1234567890\ncells = 1234567")
    assert [one.id for one in found["params"].diagnoses] == ["param-absent-bias"]
    assert found["work"].diagnoses == found["cells"].diagnoses == ()
    assert len(called) < 6_000
