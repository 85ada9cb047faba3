"""What differs between students: which numbers of a question are drawn, how, and the conditions on every draw."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from grader.homework.givens import brief, entry, form, leaves, plain_given, steps
from grader.homework.readers import (
    POSITIVE,
    SHARE,
    TEXT,
    Checked,
    JsonSchema,
    KeyPath,
    ListOf,
    Names,
    Reader,
    RefusedError,
    TableOf,
    Text,
    Whole,
    refused,
)
from grader.homework.tables import Table, field
from grader.messages import Sentence, sentence
from grader.messages.names import described, shown

if TYPE_CHECKING:
    from grader.homework.assignment import Assignment, Question

BASE = "base"
"""The name of the assignment as written, as opposed to its variants."""
MOST_VARIANTS = 500
MOST_CHOICES = 1_000
LARGEST = 10**6


def _seed(value: str) -> str:
    if not value.strip() or len(value) > 200:
        said = sentence("expected a seed of 1 to 200 characters, received {received}", received=shown(value))
        raise RefusedError(said)
    return value


class VariantsHeader(Table):
    """How many variants there are, and the seed for drawing and assigning them."""

    label: ClassVar[Sentence] = sentence("variants")

    count: int = field(Whole(1, MOST_VARIANTS), "how many variants are drawn")
    seed: str = field(Text(_seed, minLength=1, maxLength=200), "any text: another seed draws other numbers")


def _integers(value: Any) -> tuple[int, int]:
    """The two ends of a range, the lower one first."""
    whole = isinstance(value, list | tuple) and len(value) == 2 and all(type(end) is int for end in value)
    if not whole or not -LARGEST <= value[0] < value[1] <= LARGEST:
        said = sentence(
            "expected two integers, the lower one first, such as [-3, 5], received {received}",
            received=", ".join(map(shown, value)) if isinstance(value, list | tuple) else described(value),
        )
        raise RefusedError(said)
    return value[0], value[1]


def _choices(value: Any) -> list[Any]:
    """The values to choose from, without repetition."""
    if not isinstance(value, list) or not 2 <= len(value) <= MOST_CHOICES:
        said = sentence(
            "expected a list of 2 to {most:,} values to choose from, received {received}",
            most=MOST_CHOICES,
            received=len(value) if isinstance(value, list) else described(value),
        )
        raise RefusedError(said)
    found = [plain_given(entry, index) for index, entry in enumerate(value)]
    twice = next((entry for index, entry in enumerate(found) if entry in found[:index]), None)
    if twice is not None:
        raise RefusedError(sentence("expected values that differ, received {value} twice", value=str(twice)[:60]))
    return found


_RANGE: JsonSchema = {"items": {"type": "integer"}, "maxItems": 2, "minItems": 2, "type": "array"}


class Draw(Table):
    """How one given, or one option of a given layer, is drawn."""

    label: ClassVar[Sentence] = sentence("a rule of [questions.vary]")

    integers: tuple[int, int] | None = field(
        Checked(_integers, _RANGE),
        "every entry of an array, drawn from this range; both ends are drawn, too",
        default=None,
    )
    zeros: int | None = field(Whole(0, LARGEST), "how many of the drawn entries are zero", default=None)
    choose: list[Any] | None = field(
        Checked(_choices, {"minItems": 2, "type": "array"}), "the values of which one is drawn", default=None
    )

    def check(self) -> None:
        """Require exactly one way of drawing."""
        if (self.integers is None) == (self.choose is None):
            raise RefusedError(sentence("expected either integers = [low, high] or choose = [...]"))
        if self.zeros is not None and self.integers is None:
            raise RefusedError(sentence("zeros goes with integers, which are drawn entry by entry"), "zeros")

    @classmethod
    def refuse_unknown(cls, name: str, value: Any) -> Sentence:
        """The message about an inner table, which is probably an option whose name was not quoted."""
        if not isinstance(value, dict):
            return super().refuse_unknown(name, value)
        return sentence(
            "an option of a layer is written in quotes, such as {example}",
            example=f'"conv.{name}" = {{choose = [3, 5]}}',
        )


class Equal(Table):
    """How far a variant's key may be from the base's, so that both are about equally hard."""

    label: ClassVar[Sentence] = sentence("equal")

    zeros: Decimal = field(
        SHARE, "share of a key's entries by which the zeros may be more or fewer; at least one", default=Decimal("0.5")
    )
    negatives: Decimal = field(SHARE, "the same for negative entries", default=Decimal("0.5"))
    digits: Decimal = field(
        POSITIVE, "digits by which the entries of a key may be longer or shorter on average", default=Decimal(1)
    )
    denominators: Decimal = field(
        POSITIVE, "how many times larger or smaller the largest denominator may be", default=Decimal(4)
    )


class Vary(Table):
    """The numbers of a question that differ between students."""

    label: ClassVar[Sentence] = sentence("[questions.vary]")

    draws: Mapping[str, Draw] = field(Names(TableOf(Draw)), "how each given or option is drawn", factory=dict)
    keep: list[str] = field(ListOf(TEXT), "conditions that every variant meets, as formulas", factory=list)
    equal: Equal = field(TableOf(Equal), "how far a variant's key may be from the base's", factory=Equal)

    def check(self) -> None:
        """Require something to draw."""
        if not self.draws:
            raise RefusedError(
                sentence(
                    "expected a given that varies, such as {example}, received none", example="X = {integers = [-3, 5]}"
                )
            )


class VaryReader(Reader):
    """The table [questions.vary]: `keep` and `equal`, and any other names, each with how it is drawn."""

    _own = ("keep", "equal")

    def read(self, value: Any, path: KeyPath, found: list[Any]) -> Any:
        """The table, if nothing in it is wrong."""
        before = len(found)
        if not isinstance(value, dict):
            return TableOf(Vary).read(value, path, found)
        draws = {name: TableOf(Draw).read(value[name], (*path, name), found) for name in value if name not in self._own}
        own = {
            name: Vary.fields[name].reader.read(value[name], (*path, name), found)
            for name in self._own
            if name in value
        }
        if len(found) > before:
            return None
        vary = Vary(draws=draws, **own)
        try:
            vary.check()
        except RefusedError as error:
            found.append(refused(error, path))
        return vary

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """The schema of the table as it is written."""
        own = {name: Vary.fields[name].reader.schema(definitions) for name in self._own}
        return {"additionalProperties": TableOf(Draw).schema(definitions), "properties": own, "type": "object"}


VARY = VaryReader()


# -- what must fit together --------------------------------------------------------------------------------------------


def check_vary(question: Question) -> None:
    """Check that everything that varies exists, can be drawn as declared, and is not replaced by a convention.

    Raises `RefusedError` at the first that does not fit.
    """
    if question.vary is None:
        return
    for target, draw in question.vary.draws.items():
        try:
            _check_draw(entry(question.given, target), draw)
        except RefusedError as error:
            raise RefusedError(error.said, "vary", target, *error.at) from None
        name = steps(target)[0]
        for convention in question.accept:
            if name in convention.given:
                said = sentence(
                    "{name!r} cannot vary: the accepted convention {convention!r} replaces it",
                    name=str(name),
                    convention=convention.name,
                )
                raise RefusedError(said, "vary", target)


def _check_draw(base: Any, draw: Draw) -> None:
    if draw.integers is not None:
        numbers = list(leaves(base)) if isinstance(base, list) else []
        if not numbers or any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
            said = sentence(
                "integers draws every entry of an array of numbers, received {received}; one value is drawn by choose",
                received=described(base) if base is not None else sentence("no value"),
            )
            raise RefusedError(said, "integers")
        if draw.zeros is not None and draw.zeros >= len(numbers):
            said = sentence(
                "expected fewer zeros than the array has entries, {count}, received {received}",
                count=len(numbers),
                received=draw.zeros,
            )
            raise RefusedError(said, "zeros")
    for index, choice in enumerate(draw.choose or ()):
        if base is not None and form(choice) != form(base):
            said = sentence(
                "expected choices in the form of the given, {expected}, received {received}",
                expected=brief(base),
                received=brief(choice),
            )
            raise RefusedError(said, "choose", index)


def check_variants(assignment: Assignment) -> None:
    """Check that an assignment has variants if and only if one of its questions varies.

    Raises `RefusedError` otherwise.
    """
    vary = [index for index, question in enumerate(assignment.questions) if question.vary is not None]
    if assignment.variants is not None and not vary:
        raise RefusedError(sentence("variants needs a question with [questions.vary], received none"), "variants")
    if assignment.variants is None and vary:
        said = sentence(
            "[questions.vary] needs variants in [assignment], such as {example}",
            example="variants = {count = 24, seed = 'autumn'}",
        )
        raise RefusedError(said, "questions", vary[0], "vary")
    if assignment.variants is not None and assignment.policy.teams:
        said = sentence("a team hands in one paper, and each student has a variant: expected one of teams and variants")
        raise RefusedError(said, "policy", "teams")
