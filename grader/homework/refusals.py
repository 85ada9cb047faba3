"""What pydantic refused in a document, as one sentence with its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from grader.errors import AuthorError, GraderError, Place
from grader.homework.assignment import AssignmentDocument, Convention, Header, Part, Question, RubricLine, Tolerance
from grader.homework.fields import RefusedError
from grader.homework.lines import Lines, Path
from grader.homework.names import unknown_field
from grader.homework.submission import Submission
from grader.messages import Sentence, sentence
from grader.messages.names import described, listed, nearest, shown

_SHAPES = {
    "string_type": sentence("text in quotes"),
    "int_type": sentence("an integer"),
    "dict_type": sentence("a table"),
    "model_type": sentence("a table"),
    "model_attributes_type": sentence("a table"),
    "list_type": sentence("a list"),
}


def first_refusal(
    problem: ValidationError, document: type[BaseModel], values: Mapping[str, Any], text: str, file: str
) -> tuple[Sentence, Place]:
    """The refusal that stands first in the file, and where; the arguments of a GraderError."""
    lines = Lines(text)
    entries = problem.errors(include_url=False, include_input=False)
    misspelt = {entry["loc"][:-1] for entry in entries if entry["type"] == "extra_forbidden"}
    found: list[tuple[int, int, Any, Path]] = []
    for entry in entries:
        if entry["type"] == "missing" and entry["loc"][:-1] in misspelt:
            continue  # the field that is missing is probably the one that is misspelt
        path = _path(entry)
        found.append((lines.of(path) or 1, len(found), entry, path))
    line, _, entry, path = min(found, key=lambda each: each[:2])
    question, name = _names(path, values)
    return _said(entry, path, document, values), Place(file=file, line=line, question=question, name=name)


def _path(entry: Any) -> Path:
    """The keys in the file: pydantic's, without its marks for keys of tables, and what our own refusal adds."""
    path: Path = tuple(step for step in entry["loc"] if step != "[key]")
    error = entry.get("ctx", {}).get("error")
    return path + error.at if isinstance(error, RefusedError) else path


def _said(entry: Any, path: Path, document: type[BaseModel], values: Mapping[str, Any]) -> Sentence:
    """The sentence of one refusal."""
    error = entry.get("ctx", {}).get("error")
    name = str(path[-1]) if path else ""
    if isinstance(error, RefusedError):
        in_field = not error.at and (path[:1] == ("assignment",) or len(path) > 4)
        return sentence("{field}: {said}", field=name, said=error.said) if in_field else error.said
    model, table = _table(path[:-1], document)
    received = _at(values, path)
    match entry["type"]:
        case "extra_forbidden" if _question_alone(path, received, document):
            return sentence(
                "unknown table [{name}]: the answers to a question stand in a table such as [answers.{name}]", name=name
            )
        case "extra_forbidden":
            return unknown_field(name, table, model.model_fields if model else ())
        case "missing":
            return sentence("the field {name!r} is missing in {table}", name=name, table=table)
        case "literal_error":
            return sentence(
                "expected {name} as one of {allowed}, received {received}",
                name=name,
                allowed=entry["ctx"]["expected"],
                received=described(received),
            )
        case "model_type" if path[:1] == ("questions",) and path[2:3] == ("parts",) and len(path) == 4:
            return sentence("expected points or a table, received {received}", received=described(received))
        case "dict_type" if path[:1] == ("answers",) and len(path) == 2:
            return sentence(
                "expected the answers in a table of their question, such as [answers.q1], received {name} = {received}",
                name=name,
                received=described(received),
            )
        case kind if kind in _SHAPES:
            return sentence(
                "expected {name} as {expected}, received {received}",
                name=name if isinstance(path[-1], str) else sentence("each entry"),
                expected=_SHAPES[kind],
                received=described(received),
            )
        case "too_short":
            return sentence("expected at least one of {name}, received none", name=name)
    return sentence(
        "{name}: {problem}, received {received}", name=name, problem=entry["msg"], received=described(received)
    )


def _question_alone(path: Path, received: Any, document: type[BaseModel]) -> bool:
    """Whether this is `[q4]` where `[answers.q4]` is meant."""
    if document is not Submission or len(path) != 1 or not isinstance(received, Mapping):
        return False
    return nearest(str(path[0]), Submission.model_fields) is None


def _table(path: Path, document: type[BaseModel]) -> tuple[type[BaseModel] | None, Sentence]:
    """The model of the table at a path, and what it is called."""
    match path:
        case ():
            return document, sentence("the file")
        case ("assignment",):
            return Header, sentence("[assignment]")
        case ("questions", int()):
            return Question, sentence("a question")
        case ("questions", int(), "parts", _):
            return Part, sentence("a part")
        case ("questions", int(), "parts", _, "tolerance"):
            return Tolerance, sentence("a tolerance")
        case ("questions", int(), "parts", _, "rubric", int()):
            return RubricLine, sentence("a line of a rubric")
        case ("questions", int(), "accept", int()):
            return Convention, sentence("an accepted convention")
    return None, sentence("the table {name}", name=listed([".".join(map(str, path))]))


def _names(path: Path, values: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The question's id and the name inside it, as far as the path leads there and the document has them."""
    if path[:1] == ("answers",):
        words = []
    elif path[:1] == ("questions",) and len(path) > 1:
        own = _at(values, (*path[:2], "id"))
        inside = path[2:4] if path[2:3] in (("parts",), ("compute",), ("given",), ("symbols",)) else ()
        words = [own if isinstance(own, str) else f"question {int(path[1]) + 1}", *map(str, inside[1:])]
    else:
        words = []
    plain = [word if word.isprintable() and len(word) <= 100 else shown(word) for word in words]
    return (plain[0] if plain else None), (plain[1] if len(plain) > 1 else None)


def _at(values: Any, path: Path) -> Any:
    """The value that stands at a path of the document, or None."""
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def refuse(
    kind: type[GraderError],
    problem: ValidationError,
    document: type[BaseModel],
    values: Mapping[str, Any],
    text: str,
    file: str,
) -> GraderError:
    """The error to raise for a document that its model refused."""
    return kind(*first_refusal(problem, document, values, text, file))


def refuse_whole(problem: ValidationError, values: Mapping[str, Any], text: str, file: str) -> GraderError:
    """The error for an assignment whose tables are each right but do not fit together; the header stands in a table."""
    entry = problem.errors(include_url=False, include_input=False)[0]
    path = _path(entry)
    place = path if path[:1] == ("questions",) else ("assignment", *path)
    question, name = _names(place, values)
    line = Lines(text).of(place)
    return AuthorError(_said(entry, place, AssignmentDocument, values), Place(file, line, None, question, name))
