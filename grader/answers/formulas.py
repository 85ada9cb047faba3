"""Students' formulas and calculations: a precedence parser that compiles them to a non-recursive postfix program."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from grader.answers.arithmetic import STEPPED_ACTIONS, ProgramStep, Real, evaluate
from grader.answers.characters import fold, unmarked
from grader.answers.formula_words import accented, refuse_cases, ruled, spelled, with_limits, without_words
from grader.answers.pasted import unlatex
from grader.answers.refusal import ambiguous, quoted, unreadable
from grader.answers.splitting import Side, chain_of
from grader.answers.tokens import OPENERS, Token, TokenKind, Vocabulary, tokenize, vocabulary
from grader.errors import UnreadableError
from grader.messages import Sentence, sentence
from grader.patterns import pattern
from grader.structs import Struct

MAX_LENGTH = 2000
MAX_DEPTH = 60
_CONSTANTS = {"e": math.e, "pi": math.pi, "π": math.pi}
_STOP = pattern(r"(?<=[\w)\]])\s?[.;,]$")
_SEVERAL = ("max", "min", "pow")
_LABEL = pattern(r"[^\W\d][\w\s'{}]*|\(?\s*[d∂][^()=+*-]{0,12}/\s?[d∂][^()=+*-]{0,12}\)?")
"""What a formula is called: a name, a product of letters that may be one name, a derivative."""
_PROBES = 3
_PRIMES = (2, 3, 5, 7, 11, 13)


class WrittenFormula(Struct):
    """A student's formula as a postfix program (see `Formula` in values.py)."""

    text: str
    names: frozenset[str]
    stepped: bool
    program: tuple[ProgramStep, ...]

    def evaluate(self, point: Mapping[str, float]) -> float:
        """The value at a point, exact where the point and the operations allow it.

        Raises:
            ArithmeticError: division by zero, or a value too large.
            ValueError: a root or logarithm outside its domain.
        """
        return evaluate(self.program, point)  # type: ignore[return-value]


def parse_formula(text: str, symbols: Sequence[str], names: Sequence[str]) -> WrittenFormula:
    """Parse a formula in declared symbols and earlier parts; of a chain `R1 = f = g`, the last side that uses any.

    Products may be implicit: a run of letters is split into declared names, longest first.

    Raises:
        UnreadableError: not a formula, an undeclared name, two readings, too long or too deep.

    >>> formula = parse_formula("R_1 = wd - w - 2d + 3", ["w", "d"], [])
    >>> formula.evaluate({"w": 4, "d": 3})
    5
    """
    words = vocabulary(tuple(symbols), tuple(names))
    if len(text) > MAX_LENGTH:
        raise unreadable(
            "expected a formula of at most {most} characters, received {received}", most=MAX_LENGTH, received=len(text)
        )
    line = unmarked(" ".join(unlatex(fold(accented(ruled(text), words))).split()))
    line = _STOP.sub("", line).replace(">=", "≥").replace("<=", "≤")
    refuse_cases(line, words)
    sides = chain_of(with_limits(line))
    failure: Sentence | None = None
    constant: WrittenFormula | None = None
    for index in range(len(sides) - 1, -1, -1):
        try:
            formula = compiled(without_words(sides[index].text, words), words, text.strip())
        except UnreadableError as error:
            failure = failure or error.said
            continue
        if index == 0 and len(sides) > 1 and formula.program[-1][0] == "name":
            continue
        if formula.names:
            _refuse_unequal(sides[: index + 1], formula, words, symbols)
            return formula
        constant = constant or formula
    if constant is not None:
        return constant
    raise UnreadableError(failure or sentence("expected a formula, received {received}", received=quoted(text)))


def _refuse_unequal(sides: Sequence[Side], last: WrittenFormula, words: Vocabulary, symbols: Sequence[str]) -> None:
    """Refuse a chain of formulas that are said to be equal and are not: two answers, `2h = h/2`.

    Only formulas in symbols can be compared: what an earlier part is worth is not known here.

    Raises:
        UnreadableError: an earlier side with another value than the last one.
    """
    for side, linked in pairwise(sides):
        if linked.link != "=" or _LABEL.fullmatch(side.text):
            continue
        try:
            formula = compiled(without_words(side.text, words), words, side.text)
        except UnreadableError:
            continue
        in_symbols = formula.names | last.names <= set(symbols)
        if formula.names and in_symbols and not all(_same_at(point, formula, last) for point in range(_PROBES)):
            raise unreadable(
                "expected one formula, received {one} and {other}, which differ",
                one=quoted(side.text),
                other=quoted(sides[-1].text),
            )


def _same_at(start: int, one: WrittenFormula, other: WrittenFormula) -> bool:
    """Whether two formulas have the same value at a point, or one of them has none there."""
    names = sorted(one.names | other.names)
    point = {name: _PRIMES[(start + at) % len(_PRIMES)] + start for at, name in enumerate(names)}
    try:
        values = [float(formula.evaluate(point)) for formula in (one, other)]
    except (ArithmeticError, ValueError):
        return True
    return math.isclose(*values, rel_tol=1e-9, abs_tol=1e-12)


def compiled(side: str, words: Vocabulary, text: str) -> WrittenFormula:
    """Compile one side of a chain, given as folded text without LaTeX."""
    if len(side) > MAX_LENGTH:
        raise unreadable(
            "expected a formula of at most {most} characters, received {received}", most=MAX_LENGTH, received=len(side)
        )
    side = spelled(side, words)
    parser = _Parser(tokenize(side, words), side)
    parser.expression(0)
    parser.expect("end")
    program = tuple(parser.program)
    names = frozenset(str(what) for action, what, _ in program if action == "name")
    return WrittenFormula(text, names, any(action in STEPPED_ACTIONS for action, _, _ in program), program)


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
        self.program: list[ProgramStep] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def sees(self, *operators: str) -> bool:
        return self.token.kind == "operator" and self.token.text in operators

    def expect(self, kind: TokenKind, text: str | None = None) -> None:
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
        """Refuse an ambiguous implicit product: after a number, or after a divisor without brackets."""
        token, before = self.token, self.tokens[self.at - 1]
        if token.kind == "number" and before.kind == "close" and token.column == before.column + 1:
            return
        if token.kind == "number" and before.kind != "number" and over is None and self.tokens[self.at + 1].text == "^":
            return  # `k 2^L`
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
            if self.token.kind == "open" or function == "sqrt":
                self.atom(depth)
            else:
                self.bare_argument(function, depth)
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

    def bare_argument(self, function: str, depth: int) -> None:
        """An argument without brackets: the power is part of it in `log x^2`; `log 2x` is refused as ambiguous."""
        number = self.token
        self.factor(depth)
        close = self.token.kind in ("name", "constant") and self.token.column == number.column + len(number.text)
        if number.kind == "number" and close:
            written, next_ = number.text, self.token.text
            raise ambiguous(self.text, f"{function}({written}*{next_})", f"{function}({written})*{next_}")
