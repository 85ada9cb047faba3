"""The names that a student's formula may use, in all their spellings, and how to split a run of letters into them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

from grader.answers.arithmetic import FUNCTIONS
from grader.answers.characters import GREEK_LETTERS
from grader.patterns import pattern

CONSTANTS = ("e", "pi", "π")
_SEAM = pattern(r"(?<=[A-Za-z\u0370-\u03ff])_?(?=\d)")
_WORD = pattern(r"[A-Za-z]+|[\u0370-\u03ff]")
_NAMES_OF_LETTERS = {letter: name for name, letter in reversed(GREEK_LETTERS.items())}


def spellings(name: str) -> set[str]:
    """All ways to write one name: `g_0` or `g0`, `alpha` or `α`.

    >>> sorted(spellings("alpha_1"))
    ['alpha1', 'alpha_1', 'α1', 'α_1']
    """
    forms = {name, _WORD.sub(lambda word: GREEK_LETTERS.get(word[0], word[0]), name)}
    forms |= {_WORD.sub(lambda word: _NAMES_OF_LETTERS.get(word[0], word[0]), name)}
    return forms | {_SEAM.sub(seam, form) for form in forms for seam in ("", "_")} | {f.replace("_", "") for f in forms}


class Vocabulary:
    """Declared symbols and names of earlier parts."""

    def __init__(self, symbols: Sequence[str], names: Sequence[str]) -> None:
        """Later names never hide earlier ones: a symbol takes precedence over a part with the same spelling."""
        self.allowed = tuple(dict.fromkeys((*symbols, *names)))
        self.spelled: dict[str, str] = {}
        for name in self.allowed:
            self.spelled.setdefault(name, name)
        for name in self.allowed:
            for form in spellings(name):
                self.spelled.setdefault(form, name)
        for constant in CONSTANTS:
            self.spelled.setdefault(constant, constant)
        self.constants = {c for c in CONSTANTS if self.spelled[c] == c and c not in self.allowed}

    @cached_property
    def _by_start(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = {}
        for form in sorted(self.spelled, key=len, reverse=True):
            table.setdefault(form[:1], []).append(form)
        return table

    def split(self, run: str, called: bool) -> list[str] | None:
        """The names whose product a run of letters is, longest names first; the last may be a function.

        `called` says whether a bracket follows. None where the run is not made of declared names.

        >>> Vocabulary(["w", "d", "wide"], []).split("wdwide", called=False)
        ['w', 'd', 'wide']
        """
        if run in self.spelled:
            return [run]
        chosen: list[tuple[int, str]] = []
        dead: set[int] = set()
        at, skip = 0, 0
        while at < len(run):
            options = self._options(run, at, called)
            step = next((form for form in options[skip:] if at + len(form) not in dead), None)
            if step is not None:
                chosen.append((skip + options[skip:].index(step), step))
                at, skip = at + len(step), 0
            else:
                dead.add(at)
                if not chosen:
                    return None
                index, form = chosen.pop()
                at, skip = at - len(form), index + 1
        return [form for _, form in chosen]

    def _options(self, run: str, at: int, called: bool) -> list[str]:
        rest = run[at : at + 80]
        forms = [form for form in self._by_start.get(rest[:1], ()) if rest.startswith(form)]
        if run[at:] in FUNCTIONS and (called or at == 0):
            forms.insert(0, run[at:])
        return forms

    def nearest(self, word: str) -> str | None:
        """The allowed name closest to the word."""
        from difflib import get_close_matches

        lowered = {name.lower(): name for name in self.allowed}
        found = get_close_matches(word[:40].lower(), lowered, n=1, cutoff=0.5)
        return lowered[found[0]] if found else None


@lru_cache(maxsize=64)
def vocabulary(symbols: tuple[str, ...], names: tuple[str, ...]) -> Vocabulary:
    """The vocabulary of a part; cached, because every cell of a matrix needs it."""
    return Vocabulary(symbols, names)
