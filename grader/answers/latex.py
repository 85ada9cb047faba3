"""LaTeX as students paste it, turned into the plain notation that the other readers expect."""

from __future__ import annotations

import re

from grader.answers.characters import GREEK_LETTERS
from grader.answers.refusal import unreadable
from grader.patterns import pattern

MAX_DEPTH = 50

_PLAIN = {
    "times": "*",
    "cdot": "*",
    "ast": "*",
    "bullet": "*",
    "div": "/",
    "approx": "≈",
    "sim": "≈",
    "simeq": "≈",
    "cong": "≈",
    "rightarrow": "→",
    "Rightarrow": "→",
    "longrightarrow": "→",
    "to": "→",
    "implies": "→",
    "langle": "(",
    "rangle": ")",
    "lfloor": "⌊",
    "rfloor": "⌋",
    "lceil": "⌈",
    "rceil": "⌉",
    "partial": "∂",
    "infty": "∞",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "neq": "≠",
    "ne": "≠",
    "quad": " ",
    "qquad": " ",
    "dots": "…",
}
_PLAIN |= {name: f" {name} " for name in ("exp", "log", "ln", "sin", "cos", "tan", "tanh", "max", "min")}
_PLAIN |= GREEK_LETTERS
_DROPPED = {
    "left",
    "right",
    "big",
    "Big",
    "bigg",
    "Bigg",
    "displaystyle",
    "limits",
    "hline",
    "bigl",
    "bigr",
    "Bigl",
    "Bigr",
    "biggl",
    "biggr",
    "Biggl",
    "Biggr",
    "mathopen",
    "mathclose",
}
_DROPPED |= {f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in "lr"}
_WRAPPERS = {"text", "mathrm", "mathbf", "mathit", "mathsf", "textbf", "operatorname", "boxed", "hat", "bar", "vec"}
_WRAPPERS |= {"mathbb", "bm", "boldsymbol", "underline", "tilde", "overline", "mathcal"}
_NAME = pattern(r"[A-Za-z]+")
_ALIGNED = pattern(
    r"\\begin\{(?:aligned|align\*?|equation\*?|gathered|gather\*?|split|multline\*?)\}((?:(?!\\begin).){0,2000}?)"
    r"\\end\{[a-z]{1,12}\*?\}",
    re.DOTALL,
)
_DIGITS = pattern(r"\d+")
_DEGREES = pattern(
    r"\s*\^\s*(?:\{\s*\\(?:circ|degree)\s*\}|\\(?:circ|degree)(?![A-Za-z]))|\\degree(?![A-Za-z])", needs="\\"
)


def unlatex(text: str, row: bool = False) -> str:
    r"""Replace LaTeX by plain notation; other text is unchanged.

    In a `row` a space separates cells; elsewhere `3 \frac{1}{2}` has two readings, as `3\frac{1}{2}` always does.

    >>> unlatex(r"$-\frac{1}{4}$"), unlatex(r"\sqrt{\frac{2}{192}}"), unlatex("10^{-5}"), unlatex("g_{12}")
    ('-((1)/(4))', 'sqrt(((2)/(192)))', '10^(-5)', 'g_12')
    """
    if not any(mark in text for mark in "\\{$"):
        return text
    if "\\begin{" in text:
        text = _ALIGNED.sub(lambda found: found[1].replace("&", "").replace("\\\\", "\n"), text)
    reader = _Latex(_DEGREES.sub("°", text), row)
    return reader.read(0, "")


class _Latex:
    """One pass over the text; `at` only ever grows, so the work is linear."""

    def __init__(self, text: str, row: bool) -> None:
        self.text = text
        self.row = row
        self.at = 0

    def read(self, depth: int, end: str) -> str:
        if depth > MAX_DEPTH:
            raise unreadable("expected at most {most} levels of braces, received more", most=MAX_DEPTH)
        out: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if end and char == end:
                self.at += 1
                return "".join(out)
            if char == "\\":
                out.append(self.command(depth, out))
            elif char == "{":
                self.at += 1
                out.append(self.group(depth, out))
            else:
                self.at += 1
                if char != "$":
                    out.append(char)
        return "".join(out)

    def group(self, depth: int, out: list[str]) -> str:
        inside = self.read(depth + 1, "}")
        if inside.strip() == ",":
            return ","
        before = out[-1] if out else ""
        return "".join(inside.split()) if before == "_" else f"({inside})"

    def argument(self, depth: int) -> str:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        if self.at >= len(self.text):
            return ""
        char = self.text[self.at]
        if char == "\\":
            return self.command(depth + 1, [])
        self.at += 1
        return self.read(depth + 1, "}") if char == "{" else char

    def command(self, depth: int, out: list[str]) -> str:
        if depth > MAX_DEPTH:
            raise unreadable("expected at most {most} levels of braces, received more", most=MAX_DEPTH)
        found = _NAME.match(self.text, self.at + 1)
        if not found:
            char = self.text[self.at + 1 : self.at + 2]
            self.at += 2
            return char if char in "{}%$_&#*" else " " if char in ",;:! \\" else ""
        self.at = found.end()
        name = found[0]
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return self.fraction(depth, out)
        if name == "sqrt":
            return self.root(depth)
        if name in _WRAPPERS or name == "dot":
            argument, before = self.argument(depth), out[-1][-1:] if out else ""
            return f"({argument})" if argument.isdigit() and (before.isdigit() or before == ".") else argument
        if name in _DROPPED:
            if self.text[self.at : self.at + 1] == ".":
                self.at += 1
            return ""
        return _PLAIN.get(name, f"\\{name} ")

    def fraction(self, depth: int, out: list[str]) -> str:
        above, below = self.argument(depth), self.argument(depth)
        before = "".join(out[-20:])
        before = before if self.row else before.rstrip(" ")
        if before[-1:].isdigit() and _DIGITS.fullmatch(above) and _DIGITS.fullmatch(below):
            return f" {above}/{below}"  # a mixed number or a product: left to the next reader
        return f"(({above})/({below}))"

    def root(self, depth: int) -> str:
        if self.text[self.at : self.at + 1] == "[":
            self.at += 1
            degree = self.read(depth + 1, "]")
            return f"(({self.argument(depth)})^(1/({degree})))"
        return f"sqrt({self.argument(depth)})"
