"""Formulas and calculations by students: a precedence parser of our own, into a postfix program without recursion."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.answers.arithmetic import STEPPED, Real, Step, evaluate
from grader.answers.chains import sides_of
from grader.answers.characters import fold, unmarked
from grader.answers.latex import unlatex
from grader.answers.phrases import COUNTED
from grader.answers.refusal import ambiguous, quoted, unreadable
from grader.answers.remarks import words_change
from grader.answers.tokens import OPENERS, Token, tokenize
from grader.answers.vocabulary import Vocabulary, vocabulary
from grader.errors import UnreadableError
from grader.messages import sentence
from grader.patterns import pattern

MAX_LENGTH = 2000
MAX_DEPTH = 60
_CONSTANTS = {"e": math.e, "pi": math.pi, "π": math.pi}
_SEVERAL = ("max", "min", "pow")


@dataclass(frozen=True)
class WrittenFormula:
    """A student's formula as a postfix program (see `Formula` in values.py)."""

    text: str
    names: frozenset[str]
    stepped: bool
    program: tuple[Step, ...]

    def evaluate(self, point: Mapping[str, float]) -> float:
        """The value at a point, exact where the point and the operations are.

        Raises:
            ArithmeticError: division by zero, or a value too large.
            ValueError: a root or logarithm outside its domain.
        """
        return evaluate(self.program, point)  # type: ignore[return-value]


def parse_formula(text: str, symbols: Sequence[str], names: Sequence[str]) -> WrittenFormula:
    """A formula in declared symbols and earlier parts; of a chain `R1 = f = g`, the last side in symbols.

    Products may be implicit: a run of letters is split by the declared names, longest first.

    Raises:
        UnreadableError: not a formula, a name that is not declared, two readings, too long or too deep.

    >>> formula = parse_formula("R_1 = wd - w - 2d + 3", ["w", "d"], [])
    >>> formula.evaluate({"w": 4, "d": 3})
    5
    """
    words = vocabulary(tuple(symbols), tuple(names))
    if len(text) > MAX_LENGTH:
        raise unreadable(
            "expected a formula of at most {most} characters, received {received}", most=MAX_LENGTH, received=len(text)
        )
    sides = sides_of(unmarked(" ".join(unlatex(fold(text)).split())))
    failure: UnreadableError | None = None
    constant: WrittenFormula | None = None
    for index in range(len(sides) - 1, -1, -1):
        try:
            formula = compiled(without_words(sides[index], words), words, text.strip())
        except UnreadableError as error:
            failure = failure or error
            continue
        if index == 0 and len(sides) > 1 and formula.program[-1][0] == "name":
            continue
        if formula.names:
            return formula
        constant = constant or formula
    if constant is not None:
        return constant
    raise failure or unreadable("expected a formula, received {received}", received=quoted(text))


def compiled(side: str, words: Vocabulary, text: str) -> WrittenFormula:
    """One side as a program; the text has been folded and freed of LaTeX."""
    if len(side) > MAX_LENGTH:
        raise unreadable(
            "expected a formula of at most {most} characters, received {received}", most=MAX_LENGTH, received=len(side)
        )
    side = _spelled(side, words)
    parser = _Parser(tokenize(side, words), side)
    parser.expression(0)
    parser.expect("end")
    program = tuple(parser.program)
    names = frozenset(str(what) for action, what, _ in program if action == "name")
    return WrittenFormula(text, names, any(action in STEPPED for action, _, _ in program), program)


_LOGARITHM = pattern(r"\blog\s?_\s?\(?(2|10|e)\)?(?![0-9])")
_BARS = pattern(r"\|([^|]{1,200})\|")
_TIMES = pattern(r"(?<=[\d)\]])\s?[xX]\s?(?=[\d(\[])|(?<=[\w)\]])\s[xX]\s(?=[\w(\[])|(?<=[A-Z\d])x(?=[A-Z\d])")
_CLOSE = pattern(r"\b(sqrt|exp|ln)(?=\d)")
_MODULES = pattern(r"\b(?:np|numpy|math|torch|tf|jnp)\.(?=[a-z]+\d{0,2}\s?\(|(?:e|pi)\b)")
_LOUD = pattern(r"\b(?:floor|ceil|sqrt|exp|log|ln|abs|max|min|int|pow|sigmoid|tanh|relu)(?=\s?\()", re.IGNORECASE)
_POWERED = pattern(
    r"\b(sinh|cosh|tanh|sin|cos|tan|exp|log|ln|sigmoid)\s?\^\s?\(?([2-9])\)?\s?(\((?:[^()]|\([^()]{0,80}\)){1,200}\)|[^\W\d]\w{0,10})"
)
_OVER = pattern(r"(?<=[)\d]):(?=[\w(])")
_BEHIND = pattern(fold(r",?\s(?:where|for|if|when|with|because|since|wobei|für|donde|où|где|که)\s.*$"), re.IGNORECASE)
_DOMAIN = pattern(r",\s*\w{1,8}\s*[<>≤≥].*$")
_LAST_WORD = pattern(r"(?<=[\w)\]])\s+([^\W\d_]{5,20})$")
_IN_WORDS = pattern(r"\s\(([^()]*[^\W\d_]{4,}[^()\d]*)\)$")
_NAMED = pattern(r"^[^\W\d_][^\W\d_ ]{3,30}(?: [^\W\d_]{2,20}){0,3}\s?:\s")
_LEGEND = pattern(r"\s\((?:[^()]*[:=][^()]*[^\W\d_]{3}[^()]*)\)$")
_REMARK = pattern(r",\s\w{1,8}\s(?:is\s)?(?:an?\s)?(?:odd|even|integer|ungerade|gerade|impair|pair|impar|par)\b.*$")
_WORDS = pattern(r"[^\W\d_]+")
_ROOT = pattern(r"√\s?([^\W\d_]{2,})")


def without_words(side: str, words: Vocabulary) -> str:
    """A side without a domain, an explanation or a word for what is counted behind it.

    >>> without_words("2W + 1 parameters", Vocabulary(["W"], [])), without_words("ax, x < 0", Vocabulary(["a"], []))
    ('2W + 1', 'ax')
    """
    text = _LEGEND.sub("", _DOMAIN.sub("", _BEHIND.sub("", _NAMED.sub("", side))))
    text = _REMARK.sub("", text)
    text = _IN_WORDS.sub(lambda found: "" if not set(_WORDS.findall(found[1])) & set(words.spelled) else found[0], text)
    found = _LAST_WORD.search(text)
    if found and found[1] in words.spelled and re.fullmatch(COUNTED, found[1]):
        raise ambiguous(side, text[: found.start()], f"{text[: found.start()]} * {found[1]}")
    if not found or found[1] in words.spelled or words_change(found[1]):
        return text
    return text[: found.start()]


def _spelled(side: str, words: Vocabulary) -> str:
    """Usual spellings as the tokenizer knows them: `log_2`, `|x|`, `sqrt2`, and `3x3` where no x is declared.

    Raises:
        UnreadableError: `√xy`, a root of one letter or of both, and `(+K)` behind a formula.
    """
    root = _ROOT.search(side)
    names = words.split(root[1], called=False) if root else None
    if root and names and len(names) > 1:
        raise ambiguous(side, f"√({'*'.join(names)})", f"√{names[0]} * {'*'.join(names[1:])}")
    if re.search(r"[\w)]\s\(\s?\+", side):
        first, second = side.split("(")[0].strip(), re.sub(r"\s\(\s?\+([^()]*)\)", r" + \1", side)
        raise ambiguous(side, first, second)
    if "log" in side:
        side = _LOGARITHM.sub(lambda found: "ln " if found[1] == "e" else f"log{found[1]} ", side)
    if "|" in side:
        side = _BARS.sub(r"abs(\1)", side)
    if "." in side:
        side = re.sub(r"\bpower(?=\s?\()", "pow", _MODULES.sub("", side))
    if "σ" in side and "σ" not in words.spelled:
        side = re.sub(r"σ(?=\s?[\^(])", "sigmoid", side)
    side = _LOUD.sub(lambda found: found[0] if found[0] in words.spelled else found[0].lower(), side)
    side = _POWERED.sub(r"((\1\3)^\2)", side)
    if ":" in side:
        side = _OVER.sub("/", side)
    if ("x" in side or "X" in side) and not any(name[0] in "xX" for name in words.spelled):
        side = _TIMES.sub("*", side)
    return _CLOSE.sub(r"\1 ", side)


def calculated(side: str) -> Real:
    """The value of a calculation without names.

    Raises:
        UnreadableError: not a calculation, or without a finite value.
    """
    formula = compiled(side, vocabulary((), ()), side)
    try:
        return evaluate(formula.program, {})
    except (ArithmeticError, ValueError):
        raise unreadable("expected a number, received {received}, which has no value", received=quoted(side)) from None


class _Parser:
    """expression: term ± term; term: signs factor * / factor, also implicit; factor: atom ^ signs factor."""

    def __init__(self, tokens: list[Token], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.at = 0
        self.program: list[Step] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def sees(self, *operators: str) -> bool:
        return self.token.kind == "operator" and self.token.text in operators

    def expect(self, kind: str, text: str | None = None) -> None:
        if self.token.kind != kind or (text is not None and self.token.text != text):
            raise self.unexpected(text if text is not None else "an operator" if kind == "end" else kind)
        self.at += 1

    def unexpected(self, expected: str) -> UnreadableError:
        if self.token.kind == "end":
            return unreadable(
                "expected {expected}, received the end of {received}", expected=expected, received=quoted(self.text)
            )
        return unreadable(
            "expected {expected}, received {received} at character {column}",
            expected=expected,
            received=quoted(self.token.text),
            column=self.token.column,
        )

    def deeper(self, depth: int) -> int:
        if depth >= MAX_DEPTH:
            raise unreadable("expected at most {most} levels of brackets and powers, received more", most=MAX_DEPTH)
        return depth + 1

    def expression(self, depth: int) -> None:
        self.term(depth)
        while self.sees("+", "-"):
            operator = self.next().text
            self.term(depth)
            self.program.append((operator, None, 2))

    def term(self, depth: int) -> None:
        start = self.at
        self.signed(depth)
        over: tuple[int, int] | None = None
        while True:
            if self.sees("*", "/", "//"):
                operator, begin = self.next().text, self.at
                self.signed(depth)
                over = (start, begin) if operator == "/" else None
            elif self.token.kind in ("number", "name", "constant", "function", "open"):
                self.check_product(over)
                operator = "*"
                self.factor(depth)
            else:
                return
            self.program.append((operator, None, 2))

    def check_product(self, over: tuple[int, int] | None) -> None:
        """Refuse `1/2/3`-like doubts: a product sign that is left out after a number, or after a bare divisor."""
        token, before = self.token, self.tokens[self.at - 1]
        if token.kind == "number" and before.kind == "close" and token.column == before.column + 1:
            return
        if token.kind == "number":
            both = f"{before.text} {token.text}"
            product = sentence("the product {product}", product=f"{before.text} * {token.text}")
            raise ambiguous(self.text, product, sentence("two values, {values}", values=both))
        if over is None or before.kind == "close":
            return
        start, begin = over
        plain = begin - start == 2 and self.tokens[start].kind == "number" and self.tokens[begin].kind == "number"
        if not plain and self.at - begin == 1:
            above = self.text[self.tokens[start].column - 1 : self.tokens[begin].column - 1].rstrip(" /")
            below, next_ = before.text, token.text
            first, second = f"({above}/{below}) * {next_}…", f"{above}/({below} * {next_}…)"
            if token.kind != "open":
                first, second = first.replace("…", ""), second.replace("…", "")
            raise ambiguous(self.text, first, second)

    def signed(self, depth: int) -> None:
        negative = self.signs()
        self.factor(depth)
        if negative:
            self.program.append(("negate", None, 1))

    def signs(self) -> bool:
        negative = False
        while self.sees("+", "-"):
            negative ^= self.next().text == "-"
        return negative

    def factor(self, depth: int) -> None:
        self.atom(depth)
        if self.sees("^"):
            self.next()
            inner = self.deeper(depth)
            negative = self.signs()
            self.factor(inner)
            if negative:
                self.program.append(("negate", None, 1))
            self.program.append(("^", None, 2))

    def atom(self, depth: int) -> None:
        token = self.token
        if token.kind == "number":
            self.program.append(("constant", token.value, 0))
        elif token.kind == "constant":
            self.program.append(("constant", _CONSTANTS[token.text], 0))
        elif token.kind == "name":
            self.program.append(("name", token.text, 0))
        elif token.kind == "function":
            self.at += 1
            self.call(token.text, self.deeper(depth))
            return
        elif token.kind == "open":
            self.bracket(self.deeper(depth))
            return
        else:
            raise self.unexpected("a number, a name or a bracket")
        self.at += 1

    def bracket(self, depth: int) -> None:
        opener = self.next().text
        self.expression(depth)
        self.expect("close", OPENERS[opener])
        if opener in "⌊⌈":
            self.program.append(("floor" if opener == "⌊" else "ceil", None, 1))

    def call(self, function: str, depth: int) -> None:
        if function not in _SEVERAL:
            self.atom(depth)
            self.program.append((function, None, 1))
            return
        closer = OPENERS.get(self.token.text, ")")
        self.expect("open")
        self.expression(depth)
        takes = 1
        while self.token.kind == "comma":
            self.at += 1
            self.expression(depth)
            takes += 1
        if takes == 1:
            raise self.unexpected("a comma and a second value")
        self.expect("close", closer)
        self.program.append((function, None, takes))
