"""Reading what students write, by the part's answer kind."""

from typing import TYPE_CHECKING

__all__ = ["guess_spec", "parse_formula", "plain", "read_answer", "shown"]

if TYPE_CHECKING:
    from grader.answers.formulas import parse_formula
    from grader.answers.reading import guess_spec, read_answer, shown
    from grader.answers.values import plain
else:
    _HOMES = {
        "guess_spec": "reading",
        "parse_formula": "formulas",
        "plain": "values",
        "read_answer": "reading",
        "shown": "reading",
    }

    def __getattr__(name: str) -> object:
        """The name, from the module that defines it: a plain answer needs few of these modules."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
