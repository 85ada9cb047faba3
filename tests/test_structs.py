"""Value classes do what dataclasses do, though their methods are made late."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from threading import Barrier
from typing import Any, ClassVar

import pytest

from grader.structs import Struct


class Point(Struct):
    x: int
    y: int = 0
    names: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False, repr=False)
    origin: ClassVar[int] = 0


class Place(Point):
    z: int = 7


class Named(Struct, kw_only=True):
    first: int
    second: int = 2


class Counter(Struct, frozen=False):
    count: int

    def __post_init__(self) -> None:
        """Count from there."""
        self.before = self.count - 1


class Same(Struct, eq=False):
    x: int


@dataclass(frozen=True)
class Model:
    x: int
    y: int = 0
    names: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False, repr=False)


def test_a_subclass_may_be_used_before_and_after_its_base() -> None:
    class Base(Struct):
        x: int

    class First(Base):
        y: int = 1

    class Second(Base):
        y: int = 2

    assert (First(0).y, Base(3).x, Second(0).y) == (1, 3, 2)
    assert [each.name for each in fields(Second)] == ["x", "y"]


@pytest.mark.parametrize("given", [((1,), {}), ((1, 2), {}), ((), {"x": 1, "note": "n"}), ((1, 2, ["a"], "n"), {})])
def test_it_takes_and_shows_what_a_dataclass_does(given: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
    one, model = Point(*given[0], **given[1]), Model(*given[0], **given[1])
    assert vars(one) == vars(model)
    assert repr(one).replace("Point", "Model") == repr(model)
    assert replace(one, y=9).y == 9
    assert [each.name for each in fields(one)] == [each.name for each in fields(model)]
    for again in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert again == one
        assert type(again) is Point


def test_values_that_do_not_count_are_not_compared() -> None:
    assert Point(1, note="a") == Point(1, note="b")
    assert Point(1) != Point(2)
    assert Point(1) != Place(1)
    assert Place(1, z=1) != Place(1)


def test_every_instance_has_its_own_list() -> None:
    assert Point(1).names is not Point(1).names


@pytest.mark.parametrize(
    "call", [lambda: Point(), lambda: Point(1, 2, [], "", 5), lambda: Named(1), lambda: Point(a=1)]
)
def test_wrong_arguments_are_refused(call: Any) -> None:
    with pytest.raises(TypeError, match="__init__"):
        call()


def test_fields_by_name_and_what_follows_on_setting_them() -> None:
    assert (Named(first=1).second, Counter(5).before) == (2, 4)


def test_what_may_change_has_no_hash_and_what_is_not_compared_is_itself() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter(1))
    assert Same(1) != Same(1)
    assert len({Same(1), Same(1)}) == 2


def test_nothing_is_compiled_for_a_class_without_instances() -> None:
    class Unused(Struct):
        x: int

    assert "__init__" in vars(Unused)
    assert not hasattr(vars(Unused)["__init__"], "__code__")
    assert Unused(1).x == 1
    assert hasattr(vars(Unused)["__init__"], "__code__")


def test_several_threads_may_make_the_first_instances() -> None:
    for _ in range(50):

        class Base(Struct):
            x: int

        class First(Base):
            y: int

        start = Barrier(4)

        def made(kind: type[First] = First, start: Barrier = start) -> list[int]:
            start.wait()
            return [(one := kind(place, y=2)).x + one.y for place in range(3)]

        with ThreadPoolExecutor(4) as pool:
            found = [pool.submit(made) for _ in range(4)]
            assert [one.result() for one in found] == [[2, 3, 4]] * 4
