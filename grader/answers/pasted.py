"""What students paste, turned into the plain notation that the other readers expect: LaTeX, and what programs print.

Programs print `tensor(10., grad_fn=<...>)`, `np.float64(0.5)`, `torch.Size([1, 64, 7, 7])`, and tables of layers.
"""

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


_SCALAR = pattern(r"(?:np|numpy|torch|tf|jnp)\.(?:float|int|uint|bfloat)\d{0,3}\(\s*([^()]{1,60}?)\s*\)", needs="bfiu")
_FRACTION = pattern(r"(?:fractions\.)?Fraction\(\s*([-+]?\d{1,30})\s*,\s*(\d{1,30})\s*\)", needs="F")
_DECIMAL = pattern(r"Decimal\(\s*['\"]([^'\"()]{1,60})['\"]\s*\)", needs="D")
_CALL = pattern(
    r"(?:[A-Za-z]+\.)?(?:as)?(?:array|tensor|matrix|Tensor)\(", re.IGNORECASE, needs=("array(", "tensor(", "matrix(")
)
_SHAPE = pattern(
    r"(?:torch\.|tf\.)?(?:Size|TensorShape)\(\s*([\[(](?:[^()]|\([^()]{0,60}\)){0,200}[\])])\s*\)", needs="ST"
)
_OF_TENSOR = pattern(
    r"<?(?:KerasTensor|TensorSpec)\b.{0,80}?shape\s*=\s*(\([^()]{0,200}\)).{0,200}", re.DOTALL, needs="KT"
)
_OPTIONS = pattern(r"(?:\s*,\s*[\w]+\s*=\s*(?:'[^']{0,40}'|<[^<>]{0,60}>|[\w.:]{1,40}))*\s*,?\s*\)?>?\s*")
_TF = pattern(r"<tf\.Tensor:.{0,200}?numpy\s*=\s*", re.DOTALL, needs="<")
_TF_SCALAR = pattern(r"<tf\.Tensor:[^<>]{0,200}?numpy\s*=\s*([-+\d.e]{1,40})\s*>", needs="<")
_TF_PRINTED = pattern(
    r"\s*(?:tf\.Tensor|DeviceArray|jax\.Array|Array)\(\s*(.*?)\s*,\s*(?:shape|dtype)\s*=.{0,80}\)\s*",
    re.DOTALL,
    needs=("Tensor(", "Array("),
)
_TYPED = pattern(r"\s*(?:In \[\d{1,4}\]:|>>> |\.\.\. )")
_SHOWN = pattern(r"\s*Out\[\d{1,4}\]:\s*")
_PARAMETER = pattern(r"\s*Parameter containing:\s*", needs=("Parameter",))
_MODULES = pattern(r"\b(?:np|numpy|math|torch|tf|jnp)\.(?=[a-z]+\d{0,2}\()", needs="jmnt")
_ROW = pattern(r"[┃│|├└─\s]*[\w├└─:()| -]*?([\[(](?:None|-1|\d{1,9})?[\d, ]*[\])])[\s┃│|]+([\d,]{1,15}|--)[\s┃│|]*")
"""A row of the tables that Keras, torchsummary and torchinfo print: the shape and the count of parameters."""


def printed_value(folded: str) -> str:
    """The text without calls around numbers and without a tensor's options.

    >>> printed_value("np.float64(0.5)"), printed_value("Fraction(9, 4)"), printed_value("math.sqrt(2)")
    ('0.5', '9/4', 'sqrt(2)')
    >>> printed_value("tensor(10., grad_fn=<MeanBackward0>)")
    '10.'
    """
    folded = without_prompts(folded)
    if "(" not in folded:
        return folded
    printed = _TF_PRINTED.fullmatch(folded)
    if printed:
        return printed[1]
    text = _SCALAR.sub(r"\1", _TF_SCALAR.sub(r"\1", folded))
    text = _DECIMAL.sub(r"\1", _FRACTION.sub(r"\1/\2", text))
    inner = without_call(text)
    return _MODULES.sub("", inner if inner is not None else text)


_OF_R = pattern(
    r"\s*\[1\]((?:[ \t]+[-+]?[\d.][\d.eE+-]*)+(?:\n[ \t]*\[\d{1,5}\](?:[ \t]+[-+]?[\d.][\d.eE+-]*)+)*)\s*", needs="["
)
_R_INDEX = pattern(r"\[\d{1,5}\]")


def _without_indices(folded: str) -> str:
    """What R prints of a vector, without the index in front of each line, `[1] 0.5 1.5`."""
    found = _OF_R.fullmatch(folded)
    return " ".join(_R_INDEX.sub(" ", found[1]).split()) if found else folded


def without_prompts(folded: str) -> str:
    """The text without what a notebook or a shell shows around a result.

    >>> without_prompts("In [3]: y.item()\\nOut[3]: 2.04"), without_prompts(">>> y\\n[1, 2]"), without_prompts("3 > 2")
    ('2.04', '[1, 2]', '3 > 2')
    >>> without_prompts(">>> 9472")
    '9472'
    """
    if "In [" in folded or ">>> " in folded:
        lines = folded.split("\n")
        shown = [line for line in lines if not _TYPED.match(line)]
        said = any(line.strip() for line in shown)
        folded = "\n".join(shown if said else [_TYPED.sub("", line, count=1) for line in lines])
    folded = _without_indices(folded) if folded.lstrip()[:3] == "[1]" else folded
    return _SHOWN.sub("", folded, count=1) if "Out[" in folded else folded


def without_call(folded: str) -> str | None:
    """The argument of the call that a program prints an array as; None where there is no such call.

    >>> without_call("array([[1., 2.]], dtype=float32)"), without_call("np.array([1, 2])"), without_call("relu([1])")
    ('[[1., 2.]]', '[1, 2]', None)
    """
    text = _TF.sub("", _PARAMETER.sub("", without_prompts(folded))).strip()
    found = _CALL.match(text)
    if not found:
        return None
    level = 0
    for at in range(found.end(), len(text)):
        char = text[at]
        level += (char in "([{") - (char in ")]}")
        if level < 0 or (level == 0 and char == ","):
            return text[found.end() : at].strip() if _OPTIONS.fullmatch(text, at) else None
    return None


def printed_shape(folded: str) -> str:
    """The shape inside the call that a program prints it as; other text unchanged.

    >>> printed_shape("torch.Size([1, 64, 7, 7])"), printed_shape("[(None, 28, 28, 6)]")
    ('[1, 64, 7, 7]', '(None, 28, 28, 6)')
    """
    text = without_prompts(folded)
    found = _OF_TENSOR.search(text) if "Tensor" in text else None
    text = found[1] if found else _SHAPE.sub(r"\1", text)
    nested = re.fullmatch(r"\s*\[\s*(\([^()]*\))\s*,?\s*\]\s*", text)
    return nested[1] if nested else text


def summary_row(line: str) -> tuple[str, str] | None:
    """The shape and the count of one row of a model's summary; None for other lines.

    >>> summary_row("├─Conv2d: 1-1        [1, 6, 28, 28]        156")
    ('[1, 6, 28, 28]', '156')
    """
    counted = line.rstrip(" \t┃│|")[-1:] not in (")", "]")  # a row ends with a count
    found = _ROW.fullmatch(line) if counted and len(line) < 300 and ("[" in line or "(" in line) else None
    return (found[1], found[2]) if found and re.search(r"[^\W\d]", line) and "," in found[1] else None
