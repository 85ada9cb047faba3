"""What an answer kind must define, and the registry of all kinds.

A kind is one object. It reads what students write, compares a reading with the key, lays a value out as cells, encodes
it for the diagnosis, shows it, and describes itself in templates and forms. All other code calls the kind's methods and
never compares kind names.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar, TypeVar

from grader.answers.comparison import AnswerVector, Comparison, ToleranceLimits, Vector
from grader.answers.spec import AnswerSpec, FormField, PartFields, UnfitPartError
from grader.answers.values import Readings, Value, walked
from grader.core.support.inputs import Array, Cell
from grader.messages import Sentence, sentence

__all__ = ["FormField", "Kind", "PartFields", "UnfitPartError", "Worded", "kind_named", "register"]

REGISTERED_KINDS: dict[str, Kind] = {}
"""Every kind by its name."""
_KindT = TypeVar("_KindT", bound="Kind")
Points = Sequence[Mapping[str, Any] | None]
"""The values, at each frame, of the names that a reading uses; None where a name has no value."""


class Kind(ABC):
    """One kind of answer; see the package for how to add one."""

    name: ClassVar[str]
    """The name in documents and reports."""
    machine: ClassVar[bool]
    """Whether answers are marked automatically, not by a person."""
    computed: ClassVar[bool]
    """Whether the key is a value of the question's graph."""
    symbolic: ClassVar[bool]
    """Whether the key is computed from declared symbols."""
    tolerant: ClassVar[bool]
    """Whether entries are numbers that a tolerance applies to."""
    sizes: ClassVar[bool]
    """Whether the components of an encoded entry are sizes of axes."""
    may_be_computed: ClassVar[bool] = False
    """Whether the key, which authors usually write, may also come from the question's graph."""
    chance_free: ClassVar[bool] = False
    """Whether every right entry earns its share even where one repeated value would get several right."""
    ordered: ClassVar[bool] = True
    """Whether the order of entries matters."""
    fields: ClassVar[frozenset[str]]
    """The optional fields of a part that this kind takes: choices, items, answer, penalty, rubric."""
    blank: ClassVar[str]
    """A blank answer in a template."""

    # -- the author's part and its key ---------------------------------------------------------------------------------

    @abstractmethod
    def check(self, part: PartFields) -> None:
        """Refuse a part that does not fit the kind.

        Raises:
            UnfitPartError: with the field at fault.
        """

    @abstractmethod
    def infers(self, value: Any) -> bool:
        """Whether a computed key is of this kind when the author names none; true of exactly one kind."""

    @abstractmethod
    def form(self, value: Any) -> Any:
        """Convert a computed value to the kind's form.

        Raises:
            ValueError: not convertible; or TypeError.
        """

    @abstractmethod
    def counts(self, value: Any) -> bool:
        """Whether the entries of a key are counts: exact whole numbers, where `-` means 0."""

    # -- reading and comparing -----------------------------------------------------------------------------------------

    @abstractmethod
    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """What a student's answer may mean, the most natural reading first; blank for a blank answer.

        `raw` is a value as `tomli.loads(..., parse_float=Decimal)` gives it; what `key.toml` holds can be read.

        Raises:
            UnreadableError: no reading, not finite, or out of bounds.
        """

    def read_plain(self, raw: object, spec: AnswerSpec) -> Readings | None:
        """The same for an answer in the plainest form, which has one reading and is read first; None for any other."""
        return None

    def axes(self, value: Any) -> tuple[int, ...]:
        """How many entries a key or a reading has along each axis; () for one value, as of most kinds."""
        return ()

    def in_symbols(self) -> Kind | None:
        """The form of this kind for a key that is computed from declared symbols; None where there is none."""
        return self if self.symbolic else None

    def asked(self, value: Any) -> tuple[int, ...]:
        """How many entries the key asks for, used to choose between readings; for a shape, how many sizes."""
        return self.axes(value)

    def fits(self, value: Any, right: Any) -> bool:
        """Whether a reading can replace the right value: it has as many entries along each axis."""
        return self.axes(value) == self.axes(right)

    def cells(self, value: Any) -> dict[Cell, Any]:
        """Every entry by its index, in row-major order; one entry at () for one value."""
        return dict(walked(value, (), len(self.axes(value))))

    def unasked(self, value: Any) -> tuple[Cell, ...]:
        """The entries of the key that are not asked for, where any answer will do."""
        return ()

    @abstractmethod
    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare a reading with the key, entry by entry."""

    def misfit(self, expected: tuple[int, ...], received: tuple[int, ...]) -> Sentence:
        """The expected and the received shape, where they differ."""
        return sentence(
            "expected an answer of shape {expected}, received {received}",
            expected=_axes_text(expected),
            received=_axes_text(received),
        )

    @abstractmethod
    def by_entries(self, rank: int) -> bool:
        """Whether each right entry earns marks unless the author says otherwise."""

    def partial_share(self, value: Any, key: Any, part: PartFields) -> Fraction | None:
        """The share that a partly right answer earns, where the kind has its own way of counting it."""
        return None

    def names(self, value: Any) -> frozenset[str]:
        """The symbols and earlier parts that a reading uses; only formulas use any."""
        return frozenset()

    @abstractmethod
    def substitute(self, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        """Convert a reading to a graph value in the form of `right`, which fills blank cells.

        `point` holds the values of `names`.

        Raises:
            ArithmeticError: no value at the point; or ValueError, TypeError.
        """

    # -- encoding for the diagnosis ------------------------------------------------------------------------------------

    @abstractmethod
    def encode(self, values: Sequence[Any], rank: int) -> Vector | None:
        """A value at its frames as a vector; None where that is impossible (too large, ragged, not numbers)."""

    @abstractmethod
    def encode_entry(self, value: Any) -> Array | None:
        """One entry of a list as the components of its cell; None where the kind has no entries.

        Raises:
            ValueError: not an entry; or TypeError.
        """

    @abstractmethod
    def encode_reading(self, value: Any, key: Any, spec: AnswerSpec, points: Points) -> AnswerVector | None:
        """A reading as a vector, with the allowed difference of each cell; None where nothing can be compared."""

    # -- showing -------------------------------------------------------------------------------------------------------

    @abstractmethod
    def show(self, value: Value) -> str:
        """A reading as text that reads back the same."""

    def labelled(self, value: Any, choices: Sequence[str]) -> Any:
        """A reported value with its options' letters; unchanged where there are no options."""
        return value

    @abstractmethod
    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """The entries of a value as text, one per line; None for numbers, which are laid out by axes.

        `value` is plain data of a report; `leaf` formats one number.
        """

    @abstractmethod
    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """How to write an answer, for a template: depends on the kind and number of axes, never on sizes."""

    def instruction(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """The same with an example, for a sheet that shows the options."""
        return self.hint(spec, shape_order)

    @abstractmethod
    def form_field(self, spec: AnswerSpec) -> FormField:
        """The web form field for the answer."""

    def __eq__(self, other: object) -> bool:
        """A kind equals its name, which is what data hold."""
        return self is other or self.name == other

    def __hash__(self) -> int:
        """The hash of the name."""
        return hash(self.name)

    def __str__(self) -> str:
        """The name."""
        return self.name

    def __reduce__(self) -> tuple[Callable[[str], Kind], tuple[str]]:
        """Unpickle to the registered instance."""
        return kind_named, (self.name,)


class Numbers(Kind):
    """What kinds of numbers share: a computed key, and entries, where there are any, that earn marks one by one."""

    machine = True
    computed = True
    symbolic = False
    tolerant = True
    sizes = False
    fields = frozenset()
    blank = "''"

    def check(self, part: PartFields) -> None:
        """Accept every part."""

    def by_entries(self, rank: int) -> bool:
        """Every entry earns its share."""
        return True


class Worded(Kind):
    """What kinds of one text share: no numbers, no entries, and a key that the author writes, or none."""

    computed = False
    symbolic = False
    tolerant = False
    sizes = False

    def infers(self, value: Any) -> bool:
        """Never inferred: the author names this kind."""
        return False

    def key(self, part: PartFields) -> Any:
        """The key that the author wrote; None where a person marks."""
        return part.answer

    def key_text(self, key: Any) -> Any:
        """The key as a submission would hold it."""
        return key

    def form(self, value: Any) -> Any:
        """The text itself."""
        return value

    def counts(self, value: Any) -> bool:
        """Text is not a count."""
        return False

    def by_entries(self, rank: int) -> bool:
        """A text is marked as a whole."""
        return False

    def substitute(self, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        """The text itself."""
        return value

    def encode(self, values: Sequence[Any], rank: int) -> Vector | None:
        """Text has no numbers."""
        return None

    def encode_entry(self, value: Any) -> Array | None:
        """Text has no entries."""
        return None

    def encode_reading(self, value: Any, key: Any, spec: AnswerSpec, points: Points) -> AnswerVector | None:
        """Text has no numbers."""
        return None

    def show(self, value: Value) -> str:
        """The text."""
        return str(value)

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """The text as written."""
        return None


_ATTRIBUTES: Mapping[str, type] = {
    "name": str,
    "machine": bool,
    "computed": bool,
    "may_be_computed": bool,
    "symbolic": bool,
    "tolerant": bool,
    "sizes": bool,
    "chance_free": bool,
    "ordered": bool,
    "fields": frozenset,
    "blank": str,
}


def register(kind: _KindT) -> _KindT:
    """Put a kind into the registry.

    Raises:
        TypeError: it lacks an attribute or the key that an author writes (without a method it cannot be instantiated).
        ValueError: another kind has its name, or it has none.
    """
    missing = [name for name, type in _ATTRIBUTES.items() if not isinstance(getattr(kind, name, None), type)]
    missing += [] if kind.computed or isinstance(kind, Worded) else ["the key that an author writes, see Worded"]
    if missing:
        raise TypeError(f"the kind {type(kind).__name__} lacks {', '.join(missing)}")
    if not kind.name:
        raise ValueError(f"the kind {type(kind).__name__} has no name")
    if kind.name in REGISTERED_KINDS:
        raise ValueError(f"two kinds are called {kind.name!r}")
    REGISTERED_KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> Kind:
    """The kind with this name."""
    return REGISTERED_KINDS[name]


def _axes_text(axes: tuple[int, ...]) -> str | Sentence:
    """`2 x 3`, or `one value`."""
    return " x ".join(map(str, axes)) if axes else sentence("one value")
