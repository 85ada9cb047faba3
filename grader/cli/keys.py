"""`grader keys build` and `grader keys check`: write the committed keys, and compare them with their assignments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.boundary import FAILED, explain, say, warn
from grader.cli.options import PATH_TYPE, emit, nearby
from grader.errors import AuthorError, GraderError, UsageError
from grader.messages import sentence
from grader.reports.sanitise import visible

if TYPE_CHECKING:
    from grader.homework.solution import Solution
    from grader.messages import Sentence

_DIFFERENCES = 40


@click.group()
def app() -> None:
    """Build or check the committed keys."""


dir_argument = click.argument("folder", required=False, metavar="[DIR]", type=PATH_TYPE)


@app.command()
@dir_argument
def build(folder: Path | None) -> int:
    """Write the key of every assignment.

    DIR is the folder of all assignments, or of one; by default $GRADER_KEYS, or answer_keys/ here or above.

    Keys are computed from the assignments. A key that has not changed is not rewritten.

    \b
    Examples:
      grader keys build
      grader keys build answer_keys/cnn-foundations
    """
    from grader.homework.files import KEY_FILE, locate
    from grader.homework.keys import key_file_text
    from grader.homework.solution import open_solution
    from grader.marking.diagnosis.diagnoser import check_credit_for

    code = 0
    for place in assignment_folders(folder):
        try:
            solution = open_solution(place, alone=True)
            try:
                check_credit_for(solution.assignment)
                texts = {KEY_FILE: key_file_text(solution.assignment, solution), **_variants(solution)}
            except AuthorError as error:
                raise locate(error, place) from None
        except GraderError as error:
            say(explain(error))
            code = FAILED
            continue
        for name, text in texts.items():
            _write(place / name, text.encode())
        _overlooked(solution)
        _warn(solution)
    return code


def _write(path: Path, data: bytes) -> None:
    """Write a file that has changed, and say whether it has."""
    before = path.read_bytes().replace(b"\r\n", b"\n") if path.is_file() else None
    if before != data:
        path.write_bytes(data)
    emit(f"{'unchanged' if before == data else 'written  '}  {nearby(path)}")


def _variants(solution: Solution) -> dict[str, str]:
    """The file of variants by name, if the assignment has any; reports where they cannot differ.

    Raises AuthorError where too few are found.
    """
    if solution.assignment.variants is None:
        return {}
    from grader.homework.repeats import repeats
    from grader.homework.variants import VARIANTS_FILE, variants_text
    from grader.variants.draw import draw_variants

    for repeat in repeats(solution.assignment):
        if repeat.given in solution.questions[repeat.question].varying_givens:
            warn(
                sentence(
                    "{id}: the prompt of {question} repeats {given} by hand, which varies: write {value}",
                    id=solution.assignment.id,
                    question=repeat.question,
                    given=repeat.given,
                    value=f"{{{{ {repeat.given} }}}}",
                )
            )
    drawn = draw_variants(solution)
    for one in drawn.questions:
        for said in one.notes:
            warn(sentence("{id}: {said}", id=solution.assignment.id, said=said))
    return {VARIANTS_FILE: variants_text(solution, drawn.variants)}


def _overlooked(solution: Solution) -> None:
    """Warn of unused givens, texts without a rubric, shapes in the other order and percentages lacking a factor 100."""
    from grader.homework.oversights import doubtful_shares, doubtful_sizes, oversights

    for said in (*oversights(solution.assignment), *doubtful_shares(solution), *doubtful_sizes(solution)):
        warn(sentence("{id}: {said}", id=solution.assignment.id, said=said))


def _warn(solution: Solution) -> None:
    """Warn where no known mistake is tried, where errors are not carried, and how much cannot be told apart."""
    from grader.marking.diagnosis.lint import lint

    id, found = solution.assignment.id, lint(solution)
    untried = [f"{part.question}.{part.part}" for part in found if not part.tried]
    if untried:
        said = sentence("warning: {id}: no known mistake is tried at {parts}", id=id, parts=", ".join(untried))
        say(str(said))
    for part in found:
        for name in part.recomputed:
            said = sentence(
                "warning: {id}: {part} computes again what {earlier} holds: an error there is not carried",
                id=id,
                part=f"{part.question}.{part.part}",
                earlier=name,
            )
            say(str(said))
    count = sum(len(part.findings) for part in found)
    if count:
        said = sentence(
            "warning: {id}: findings of lint: {count}; see `grader lint {id}`",
            id=id,
            count=count,
        )
        say(str(said))


@app.command()
@dir_argument
def check(folder: Path | None) -> int:
    """Compare committed keys with assignments.

    DIR is the folder of all assignments, or of one; by default $GRADER_KEYS, or answer_keys/ here or above.

    The exit status is 0 if all agree, 1 if a key is stale, edited or missing, and 2 if an assignment is wrong.

    \b
    Examples:
      grader keys check
      grader keys check answer_keys/cnn-foundations
    """
    from grader.homework.files import KEY_FILE
    from grader.homework.keys import changed_pieces

    places = assignment_folders(folder)
    differing, code = 0, 0
    for place in places:
        try:
            found = [visible(str(said)) for said in _differences(place)]
        except GraderError as error:
            say(explain(error))
            code = FAILED
            continue
        key = nearby(place / KEY_FILE)
        if not found:
            emit(f"agrees   {key}")
            continue
        differing += 1
        emit(f"differs  {key}")
        for said in changed_pieces(place):
            emit(f"         {visible(str(said))}")
        for line in found[:_DIFFERENCES]:
            emit(f"         {line}")
        if len(found) > _DIFFERENCES:
            emit(f"         … and {len(found) - _DIFFERENCES} more differences")
    if differing:
        emit(f"{differing} of {len(places)} keys differ: review the difference, then run `grader keys build`")
    return code or (1 if differing else 0)


def _differences(place: Path) -> list[Sentence]:
    """The differences between the committed files of an assignment and those computed and drawn now."""
    from grader.homework.keys import check_key
    from grader.homework.solution import open_solution

    found = check_key(place)
    solution = open_solution(place, alone=True)
    if solution.assignment.variants is not None:
        from grader.variants.check import check_variants_file

        found += check_variants_file(solution, place)
    return found


def assignment_folders(folder: Path | None) -> list[Path]:
    """The folders of the assignments, sorted; at least one.

    Raises UsageError if there is no assignment, and OSError if there is no such folder.
    """
    from grader.homework.files import ASSIGNMENT_FILE, find_keys_dir

    where = find_keys_dir(None, None) if folder is None else folder
    if (where / ASSIGNMENT_FILE).is_file():
        return [where]
    found = sorted(
        path.parent for path in where.iterdir() if path.is_dir() for path in [path / ASSIGNMENT_FILE] if path.is_file()
    )
    if not found:
        raise UsageError(
            sentence(
                "{folder}: expected folders with an {file} each, found none", folder=str(where), file=ASSIGNMENT_FILE
            )
        )
    return found
