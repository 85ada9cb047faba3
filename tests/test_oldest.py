"""The oldest allowed dependencies, as constraints: one for each, and a bound that is none is refused."""

from __future__ import annotations

import pytest

from scripts import oldest


def test_every_dependency_has_a_pin() -> None:
    pins = list(oldest.constraints(oldest.PROJECT.read_text("utf-8")))
    assert "numpy==1.26" in pins
    assert all("==" in pin for pin in pins)
    assert len(pins) >= 8


def test_a_pin_holds_where_its_dependency_does() -> None:
    found = oldest.constraints("""[project]\ndependencies = ["tzdata>=2024.1; sys_platform == 'win32'"]""")
    assert list(found) == ["tzdata==2024.1; sys_platform == 'win32'"]


@pytest.mark.parametrize("bound", ["numpy", "numpy<2", "numpy==1.26", "numpy>=1.26,<3"])
def test_a_dependency_without_a_lower_bound_is_refused(bound: str) -> None:
    with pytest.raises(ValueError, match="expected a dependency with a lower bound"):
        list(oldest.constraints(f'[project]\ndependencies = ["{bound}"]'))
