"""What programs print: `tensor(10., grad_fn=<...>)`, `np.float64(0.5)`, `torch.Size([1, 64, 7, 7])`, summary tables."""

from __future__ import annotations

import re

from grader.patterns import pattern

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
