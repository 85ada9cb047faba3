"""The example class: sixty submissions to `cnn-foundations`, made from a seed, the same bytes on every machine.

    python scripts/make_class.py          writes submissions_example/class-of-60
    python scripts/make_class.py --check  writes nothing; exit status 1 when the folder holds something else

About a third is fully right. The others make mistakes of the catalogue and slips, and compute what follows from them,
as `class-of-60.toml` beside this file lists them. Each student has a way of writing of their own.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from grader.errors import AuthorError
from grader.formula.substitution import Alternatives, Rule, Site, Substitution
from grader.homework.files import load_assignment
from grader.homework.solution import solve
from grader.misconceptions.registry import by_id
from scripts.handwriting import Draw, Hand

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "submissions_example" / "class-of-60"
ASSIGNMENT = "cnn-foundations"
SEED = 4
STUDENTS = 60
FROM_RANK = (21, 32, 43, 52)
"""From each of these ranks on, students make one mistake more; those before make none."""
OTHER_SHEET = (*range(22, 32), 36, 38, 40, 42, 44, 46, 48, 50)
NOT_TOML, NOT_READABLE = 52, 34
UNREADABLE = {"q3": {"conv_shape": "'see the drawing on page 2'"}, "q4": {"Z": "'9/4 or 5/2'"}}
LEAVES_OUT = {29: ("q4.dX",), 43: ("q4.dF", "q4.dX"), 48: ("q3.flat_shape",), 55: ("q4.dF", "q4.dX"), 58: ("q1.g",)}
"""The ranks of those who do something of their own. Many have the other sheet: a value casts doubt on the key only when
those who agree on it are many beside those who are right."""

# -- what a student gets -------------------------------------------------------------------------------------------


class Wrong:
    """The questions of the assignment and what comes out under mistakes."""

    def __init__(self) -> None:
        """Compute the right answers once."""
        self.questions = solve(load_assignment(ROOT / "answer_keys" / ASSIGNMENT)).questions

    def answers(self, question: str, mistakes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The values of a question's parts for a student who makes these mistakes and goes on from them.

        A part that cannot be computed any more is left out.
        """
        solved = self.questions[question]
        operations, givens, values = {}, {}, {}
        for mistake in mistakes:
            givens |= mistake.get("givens", {})
            operations |= dict(self._rules(question, mistake))
        for mistake in (one["slip"] for one in mistakes if "slip" in one):
            substitution = Substitution(givens=givens, operations=operations, values=values)
            before = solved.evaluation.extended(substitution).value(mistake["node"])
            values = {**values, mistake["node"]: slipped(before, mistake["cell"], mistake["kind"])}
        evaluation = solved.evaluation.extended(Substitution(givens=givens, operations=operations, values=values))
        found = {}
        for name, part in solved.parts.items():
            if part.computed:
                try:
                    found[name] = evaluation.value(name)
                except AuthorError:
                    break
        return found

    def _rules(self, question: str, mistake: Mapping[str, Any]) -> Iterator[tuple[Site, Rule]]:
        for node, id in mistake.get("rules", {}).items():
            row = by_id(id)
            if row is None:
                raise SystemExit(f"expected a rule of the catalogue, received {id!r} in class-of-60.toml")
            position = self.questions[question].graph.nodes[node].expression.position
            yield Site(node, position), member(row.rule, mistake.get("member", 0))


def member(rule: Rule, index: int) -> Rule:
    """The rule, or one member of the family that it gives."""

    def chosen(occurrence: Any) -> Any:
        result = rule(occurrence)
        return result.values[index] if isinstance(result, Alternatives) else result

    return chosen


def slipped(value: Any, cell: Sequence[int], kind: str) -> Any:
    """A matrix with one entry changed: the sign, two digits exchanged, one more."""
    changed = value.copy()
    entry = changed[tuple(cell)]
    if kind == "digits":
        changed[tuple(cell)] = float(f"{abs(entry):.0f}"[::-1])
    else:
        changed[tuple(cell)] = {"sign": -entry, "one more": entry + 1}[kind]
    return changed


# -- the class -----------------------------------------------------------------------------------------------------


class Class:
    """All students: who makes which mistakes, and what they hand in."""

    def __init__(self) -> None:
        """Read what there is to go wrong, and rank the students."""
        self.wrong = Wrong()
        self.table = tomllib.loads(Path(__file__).with_name("class-of-60.toml").read_text(encoding="utf-8"))
        self.ranks = Draw(f"{SEED} ranks").order(STUDENTS)

    def files(self) -> dict[str, bytes]:
        """The files of the folder by their names."""
        ids = [f"student-{number:02}" for number in range(1, STUDENTS + 1)]
        papers = {f"{id}.toml": self.submission(id, rank).encode() for id, rank in zip(ids, self.ranks, strict=True)}
        people = ["student,role", *(f"{id},student" for id in ids), *(f"assistant-{one},assistant" for one in (1, 2))]
        return {**papers, "roster.csv": ("\n".join(people) + "\n").encode()}

    def submission(self, student: str, rank: int) -> str:
        """What the student of a rank hands in; the best has rank 0."""
        draw = Draw(f"{SEED} {student}")
        hand, mistakes = Hand.of(draw), self.mistakes(draw, rank)
        lines = [f'assignment = "{ASSIGNMENT}"', f'student = "{student}"']
        if rank == NOT_TOML:
            lines[1:1] = ["Homework 4", ""]
        for question, solved in self.wrong.questions.items():
            made = [mistake for mistake in mistakes if mistake["question"] == question]
            answers = self.wrong.answers(question, made)
            coarse = {mistake["coarse"] for mistake in made if "coarse" in mistake}
            written = {name: self.written(hand, name, answers, name in coarse) for name in answers}
            for name, part in solved.parts.items():
                if part.kind == "text":
                    written[name] = self.text(draw, hand, f"{question}.{name}", rank)
            if rank == NOT_READABLE:
                written |= UNREADABLE.get(question, {})
            left_out = LEAVES_OUT.get(rank, ())
            lines += ["", f"[answers.{question}]"]
            for name in solved.parts:
                if written.get(name) and f"{question}.{name}" not in left_out:
                    lines.append(f"{name} = {written[name]}")
        return "\n".join(lines) + "\n"

    def mistakes(self, draw: Draw, rank: int) -> list[Mapping[str, Any]]:
        """What the student of a rank does wrong: of each topic at most one thing."""
        if rank in (NOT_TOML, NOT_READABLE):
            return []
        found = [self.table["other_sheet"]] if rank in OTHER_SHEET else []
        while len(found) < sum(rank >= first for first in FROM_RANK):
            topics = {mistake["topic"] for mistake in found}
            can = [mistake for mistake in self.table["mistakes"] if mistake["topic"] not in topics]
            found.append(draw.one(can, [mistake["often"] for mistake in can]))
        return found

    def written(self, hand: Hand, name: str, answers: Mapping[str, Any], coarse: bool) -> str:
        """An answer that is no text, as the student writes it."""
        value = answers[name]
        if isinstance(value, tuple):
            names = list(answers)
            before = answers[names[names.index(name) - 1]] if name == "flat_shape" else ()
            return hand.shape(value, before)
        return hand.matrix(value, coarse) if hasattr(value, "shape") and value.ndim else hand.mean(value, answers["O"])

    def text(self, draw: Draw, hand: Hand, place: str, rank: int) -> str:
        """A free text: better students say more of what the rubric asks; some say nothing."""
        question, _, name = place.partition(".")
        if rank >= FROM_RANK[0] and draw.chance(0.12):
            return ""
        if rank >= FROM_RANK[0] and draw.chance(0.15):
            return f'"{draw.one(self.table["vague_texts"][question][name])}"'
        texts = self.table["persian_texts" if hand.persian else "texts"][question][name]
        said = [draw.one(ways) for ways in texts if draw.chance(0.95 - rank / 100)] or [draw.one(texts[0])]
        whole = textwrap.fill(". ".join(said) + ".", 100, break_long_words=False, break_on_hyphens=False)
        return f'"""\n{whole}\n"""'


def main(arguments: list[str] | None = None) -> int:
    """Write the class, or check it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 when a file is out of date")
    check = parser.parse_args(arguments).check
    files = Class().files()
    there = {path.name: path.read_bytes() for path in FOLDER.glob("*")}
    stale = sorted(name for name in {*files, *there} if files.get(name) != there.get(name))
    for name in stale:
        print(f"{'not current' if check else 'written' if name in files else 'removed'}: {name}")
        if not check and name in files:
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_bytes(files[name])
        elif not check:
            (FOLDER / name).unlink()
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
