"""The author's guide, docs/authors.md: its lists are made from the registries and from the tables of the documents.

python scripts/guide.py          writes the lists
python scripts/guide.py --check  writes nothing; exit status 1 when a list is out of date
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "authors.md"
sys.path.insert(0, str(GUIDE.parents[1]))

import grader.core  # noqa: E402, F401 - declares all operations
from grader.answers.kinds import KINDS  # noqa: E402 - from this checkout
from grader.answers.spec import AnswerSpec  # noqa: E402
from grader.cli.operations import as_layer  # noqa: E402
from grader.core.layers.layer_type import layer_types  # noqa: E402
from grader.core.layers.networks import networks  # noqa: E402
from grader.core.registry import OPERATIONS, Registry  # noqa: E402
from grader.formula.helpers import HELPERS  # noqa: E402
from grader.homework.assignment import Convention, Header, Part, Question, RubricLine, Tolerance  # noqa: E402
from grader.homework.policy import Late, Policy  # noqa: E402
from grader.homework.tables import Table  # noqa: E402
from grader.misconceptions.registry import misconceptions  # noqa: E402
from grader.reports.linting import DOUBTED, REPEATED, SAID  # noqa: E402
from scripts.made_tables import cell, keep_current  # noqa: E402

FINDINGS = {
    "untried": "The grader knows no mistake that people make here. A wrong answer is marked without a named cause.",
    "invisible": "With these givens the mistake gives the right answer, as a flipped kernel does that is symmetric. "
    "Choose givens that are not symmetric, and sizes that differ.",
    "collision": "These mistakes give the same wrong answer, so a report names them together. Marks do not depend on "
    "it; choose other numbers to learn which one it was.",
    "swallowed": "The answer under this mistake is within the tolerance of the right one, and is marked right. Narrow "
    "the tolerance, or choose larger numbers.",
    "accident": "Another value that students see, such as an entry of an earlier answer, equals the right answer: it "
    "can be right without being computed.",
    "recomputed": "The formula computes again what an earlier step holds. A student's error in that step is not "
    "carried into this part: use the step's name in the formula.",
    "repeats": "The numbers of the prompt are those of the given today. Show the given, and they stay so.",
    "differs": "A matrix of the prompt is nearly the given: one of the two was changed. Students are asked another "
    "question than the one that is marked.",
    "offset": "A time of the policy is written with another offset than its zone has then, often because of summer "
    "time. The offset counts. Leave it out, and it is the zone's.",
    "worthless": "Late work of these days costs all of its points. Let `at_most` be smaller, or `per_day`.",
    "early": "Whoever hands in first reads right answers that the student, or others, can still hand in.",
}
"""What each finding of `grader lint` means, and what to do."""

TABLES_OF_DOCUMENTS: tuple[tuple[str, type[Table]], ...] = (
    ("[assignment]", Header),
    ("[assignment.policy]", Policy),
    ("late", Late),
    ("[[questions]]", Question),
    ("a part", Part),
    ("tolerance", Tolerance),
    ("a line of rubric", RubricLine),
    ("[[questions.accept]]", Convention),
)


def fields() -> Iterator[str]:
    """Every field of every table of an assignment."""
    for heading, table in TABLES_OF_DOCUMENTS:
        yield f"**`{heading}`**" if heading.startswith("[") else f"**{heading}**"
        yield ""
        yield "| field | meaning | default |"
        yield "|---|---|---|"
        for name, each in table.fields.items():
            yield f"| `{name}` | {cell(each.description)} | {_default(each)} |"
        yield ""


def _default(field: object) -> str:
    if field.required:  # type: ignore[attr-defined]
        return "required"
    absent = field.absent()  # type: ignore[attr-defined]
    if isinstance(absent, bool):
        return f"`{str(absent).lower()}`"
    empty = absent in (None, "") or absent == [] or absent == {} or isinstance(absent, Table)
    return "" if empty else f"`{absent}`"


def kinds() -> Iterator[str]:
    """The kinds of answers: what they are, and how a template asks for them."""
    yield "| kind | what it is | the template says |"
    yield "|---|---|---|"
    for name, kind in KINDS.items():
        spec = AnswerSpec(
            name, rank=2 if name == "array" else 0, symbols=("w", "d"), choices=("yes", "no"), items=("a", "b")
        )
        about = (inspect.getdoc(type(kind)) or "").partition("\n\n")[0].replace("\n", " ")
        yield f"| `{name}` | {cell(about)} | {cell(str(kind.hint(spec, 'HWC')))} |"


def _listed(registry: Registry) -> Iterator[str]:
    for topic, heading in registry.topics.items():
        entries = [each for each in registry.of_topic(topic) if each.gradient_of is None]
        if not entries:
            continue
        yield f"### {heading}"
        yield ""
        for each in entries:
            yield f"- `{each.name}{_signature(each.function)}`: {each.summary}"
            gradients = [one.name for one in registry.values() if one.gradient_of == each.name]
            if gradients:
                yield f"  Gradients: {', '.join(f'`{name}`' for name in gradients)}."
        yield ""


def _signature(function: Callable[..., object]) -> str:
    signature = inspect.signature(function)
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def operations() -> Iterator[str]:
    """Every operation by topic, with its arguments and its gradients."""
    return _listed(OPERATIONS)


def helpers() -> Iterator[str]:
    """Every helper by topic."""
    return _listed(HELPERS)


def layers() -> Iterator[str]:
    """Every layer type with its options and their defaults, by family."""
    types = layer_types()
    for family in dict.fromkeys(each.family for each in types.values()):
        yield f"### {family[:1].upper()}{family[1:]}"
        yield ""
        for each in types.values():
            if each.family == family:
                written, _, summary = as_layer(each).partition("\n\n")
                yield f"- `{written}`: {summary}"
        yield ""


def published() -> Iterator[str]:
    """The published networks."""
    yield "| `network(...)` | image, C x H x W | source |"
    yield "|---|---|---|"
    for name, each in networks().items():
        yield f'| `"{name}"` | {" x ".join(map(str, each.input_shape))} | {cell(each.source)} |'


def findings() -> Iterator[str]:
    """What the findings of lint mean; KeyError for one that is not explained."""
    yield "| finding | what it means |"
    yield "|---|---|"
    for check, said in (SAID | REPEATED | DOUBTED).items():
        yield f"| {cell(said.format(names='…', name='X', cells='…', written='…', meets='…'))} | {FINDINGS[check]} |"


def mistakes() -> Iterator[str]:
    """Every misconception."""
    yield "| id | the numbers equal what you get if … |"
    yield "|---|---|"
    for each in misconceptions():
        yield f"| `{each.id}` | {cell(str(each.equals))} |"


LISTS: dict[str, Callable[[], Iterator[str]]] = {
    "fields": fields,
    "kinds": kinds,
    "helpers": helpers,
    "operations": operations,
    "layers": layers,
    "networks": published,
    "findings": findings,
    "misconceptions": mistakes,
}


def main(arguments: list[str]) -> int:
    """Write the lists, or check them."""
    return keep_current(GUIDE, LISTS, "scripts/guide.py", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
