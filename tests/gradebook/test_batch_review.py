"""Marks by people: asked, given, kept, checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tomli

from grader.errors import UsageError
from grader.gradebook.run.request import Summary
from tests.gradebook.folders import RIGHT, call, copy_keys, grade, report, rows, submission, visible, write


def graded(folder: Path) -> Path:
    """The folder with the submissions of two students, and what a run made of them."""
    for name in ("ada", "ben"):
        write(folder / "in" / f"{name}.toml", submission(name))
    grade(folder / "in", folder / "out", pages=True)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return graded(tmp_path)


def review(folder: Path) -> Path:
    return folder / "out" / "review.toml"


def fill(folder: Path, student: str, line: str, part: str = "q1.why") -> None:
    """Write points into the entry of a student."""
    blocks = review(folder).read_text("utf-8").split("[[review]]\n")
    for place, block in enumerate(blocks):
        if f'student = "{student}"' in block and f'part = "{part}"' in block:
            blocks[place] = "\n".join(line if one.startswith("points =") else one for one in block.split("\n"))
    review(folder).write_text("[[review]]\n".join(blocks), encoding="utf-8")


def entries(folder: Path) -> list[dict[str, object]]:
    return list(tomli.loads(review(folder).read_text("utf-8"))["review"])


def add(folder: Path, text: str) -> None:
    review(folder).write_text(review(folder).read_text("utf-8") + text, encoding="utf-8")


def run(folder: Path, **options: Any) -> Summary:
    return grade(folder / "in", folder / "out", **{"pages": True, **options})


def test_what_waits_is_listed_with_text_and_rubric(folder: Path) -> None:
    asked = entries(folder)
    assert [(one["student"], one["part"], one["answer"]) for one in asked] == [
        ("ada", "q1.why", "It adds up to ada."),
        ("ben", "q1.why", "It adds up to ben."),
    ]
    text = review(folder).read_text("utf-8")
    assert "# 0.4: The weights add up to 0, so flat areas give 0\n" in text
    assert 'points = ""  # from 0 to 2\n' in text


def test_a_mark_is_taken_shown_counted_and_kept(folder: Path) -> None:
    fill(folder, "ada", 'points = 1.5\ncomment = "No word of padding"\nwho = "assistant-1"'.replace("who", "why"))
    fill(folder, "ada", "points = 1.5")
    text = review(folder).read_text("utf-8").replace('comment = ""\n', "", 1).replace('why = "assistant-1"\n', "", 1)
    review(folder).write_text(text, encoding="utf-8")
    counts = run(folder)
    assert (counts.marked, counts.unchanged, counts.moved) == (1, 1, 1)
    found = report(folder / "out", "ada")
    part = found["questions"][0]["parts"][1]
    assert (part["verdict"], part["score"], part["review"]["points"]) == ("pending", 0.0, 1.5)
    assert (found["score"], found["pending_points"], found["status"]) == (7.5, 0.0, "graded")
    assert found["questions"][0]["score"] == 1.5
    row = rows(folder / "out")["ada.toml"]
    assert (row["score"], row["status"], row["pending_points"]) == ("7.50", "graded", "0.00")
    assert "1.5" in (folder / "out" / "pages" / "cnn-foundations" / "ada.md").read_text("utf-8")
    kept = visible(folder / "out")
    assert run(folder).marked == 0
    assert visible(folder / "out") == kept
    assert [one["points"] for one in entries(folder) if one["student"] == "ada"] == [1.5]


def test_a_mark_survives_the_loss_of_either_record(folder: Path) -> None:
    fill(folder, "ada", "points = 1.5")
    run(folder)
    kept = visible(folder / "out")
    review(folder).unlink()
    run(folder)
    assert visible(folder / "out") == kept
    for path in (folder / "out" / ".grader").iterdir():
        path.unlink()
    run(folder)
    assert visible(folder / "out") == kept


def test_the_diff_says_that_it_was_a_person(folder: Path) -> None:
    fill(folder, "ben", "points = 0.5")
    done = call("batch", folder / "in", "--out", folder / "out", "--diff", "--jobs", "1")
    assert done.stdout.splitlines()[0] == "cnn-foundations ben q1.why: 0/2 (pending) -> 0.5/2 (person) (person)"


def test_a_changed_submission_asks_again_and_shows_the_old_mark(folder: Path) -> None:
    fill(folder, "ada", "points = 1.5")
    run(folder)
    write(folder / "in" / "ada.toml", submission("ada", RIGHT.replace("adds up", "sums up")))
    run(folder)
    assert report(folder / "out", "ada")["status"] == "needs_review"
    asked = [one for one in entries(folder) if one["student"] == "ada"]
    assert [one["points"] for one in asked] == ["", 1.5]
    assert asked[0]["outdated"] == {"points": 1.5}
    write(folder / "in" / "ada.toml", submission("ada"))
    run(folder)
    assert report(folder / "out", "ada")["score"] == 7.5, "the submission that was read is back, and its mark with it"


OVERRIDE = '\n[[review]]\nassignment = "cnn-foundations"\nstudent = "ben"\npart = "q4.dX"\npoints = 2\n'


def test_an_appeal_overrides_the_machine(folder: Path) -> None:
    add(folder, OVERRIDE + 'who = "lecturer-1"\nwhy = "shown on paper"\n')
    run(folder)
    found = report(folder / "out", "ben")
    part = found["questions"][3]["parts"][3]
    assert part["review"] == {"points": 2.0, "who": "lecturer-1", "why": "shown on paper"}
    assert (part["verdict"], part["score"], found["score"]) == ("missing", 0.0, 8.0)
    kept = visible(folder / "out")
    run(folder)
    assert visible(folder / "out") == kept
    write(folder / "in" / "ben.toml", submission("ben", RIGHT.replace("adds up", "sums up")))
    run(folder)
    assert report(folder / "out", "ben")["score"] == 6.0
    assert any("outdated" in one and one["part"] == "q4.dX" for one in entries(folder))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OVERRIDE, "expected who beside the points of q4.dX, which a machine marks: who decided, and why"),
        (OVERRIDE.replace("= 2", "= 4"), "expected points of q4.dX from 0 to 3 with at most 2 decimals, received 4"),
        (OVERRIDE.replace("= 2", "= -1"), "expected points of q4.dX from 0 to 3 with at most 2 decimals, received -1"),
        (
            OVERRIDE.replace("= 2", "= nan"),
            "expected points of q4.dX from 0 to 3 with at most 2 decimals, received NaN",
        ),
        (OVERRIDE.replace("= 2", "= '0_1'"), "from 0 to 3 with at most 2 decimals, received '0_1'"),
        (OVERRIDE.replace("= 2", "= 'all'"), "from 0 to 3 with at most 2 decimals, received 'all'"),
        (OVERRIDE.replace("q4.dX", "q4.dx"), "unknown part 'q4.dx': did you mean 'q4.dX'? asked: q1.g"),
        (OVERRIDE.replace("ben", "Ben"), "expected a student whose submission to cnn-foundations was marked"),
        (OVERRIDE.replace("cnn-foundations", "cnn"), "expected one of the assignments cnn-architectures"),
        (OVERRIDE.replace("points", "point"), "unknown field 'point'; allowed: assignment, student"),
        ("\n[[review]\n", "review.toml: not TOML"),
        ("\nother = 1\n", "review.toml"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_lost(folder: Path, text: str, said: str) -> None:
    add(folder, text)
    before = visible(folder / "out")
    with pytest.raises(UsageError) as refusal:
        run(folder)
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("review.toml: ")
    assert visible(folder / "out") == before


def lower_why(assignment: str) -> str:
    """The assignment with one point for q1.why, and a rubric that fits it."""
    head, table, tail = assignment.partition("[questions.parts.why]\npoints = 2")
    return f"{head}{table[:-1]}1{tail.replace('points = 0.4', 'points = 0.2', 5)}"


@pytest.mark.parametrize(("written", "kept"), [("-0.0", "0"), ('"۱٫۵"', "1.5"), ('"1.50"', "1.5"), ("2", "2")])
def test_points_as_people_write_them(written: str, kept: str, folder: Path) -> None:
    fill(folder, "ada", f"points = {written}")
    run(folder)
    assert f"points = {kept}\n" in review(folder).read_text("utf-8")


def test_two_marks_for_one_part_are_refused(folder: Path) -> None:
    given = OVERRIDE + 'who = "a"\nwhy = "b"\n'
    add(folder, given + given.replace("= 2", "= 1"))
    with pytest.raises(UsageError, match=r"line \d+: a second mark for q4\.dX of 'ben'"):
        run(folder)


def test_the_file_is_left_alone_when_somebody_writes_into_it_meanwhile(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.gradebook.run import batch

    real = batch.record

    def record(*arguments: object, **named: object) -> int:
        fill(folder, "ada", "points = 1")
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "record", record)
    assert run(folder).review_left
    monkeypatch.setattr(batch, "record", real)
    run(folder)
    assert report(folder / "out", "ada")["score"] == 7.0


def test_many_words_of_a_person_leave_the_report_whole(folder: Path) -> None:
    for part in ("q3.conv_shape", "q4.O", "q4.Z", "q4.dX"):
        words = "x" * 9_900
        given = OVERRIDE.replace("q4.dX", part).replace("points = 2", "points = 1")
        add(folder, f'{given}who = "prof"\nwhy = "{words}"\ncomment = "{words}"\n')
    run(folder)
    found = report(folder / "out", "ben")
    assert [len(question["parts"]) for question in found["questions"]] == [2, 1, 5, 4]
    part = found["questions"][3]["parts"][1]
    assert part["review"]["why"] == "x" * 1_000 + "…"


def test_what_was_probably_not_meant_is_said(folder: Path) -> None:
    fill(folder, "ada", "points = 1.5")
    assert run(folder).said == []
    fill(folder, "ada", 'points = ""')
    add(folder, OVERRIDE.replace("points = 2", 'who = "prof"\nwhy = "appeal"'))
    done = run(folder)
    assert [str(said) for said in done.said] == [
        "review.toml: q1.why of 'ada' has no points any more, and the mark of 1.5 stays: "
        "write other points to change it",
        "review.toml: q4.dX of 'ben' has words and no points: it changes nothing yet",
    ]
    assert report(folder / "out", "ada")["questions"][0]["parts"][1]["review"]["points"] == 1.5


def test_a_comment_without_points_is_kept(folder: Path) -> None:
    text = review(folder).read_text("utf-8").replace('comment = ""', 'comment = "ask in person"', 1)
    review(folder).write_text(text, encoding="utf-8")
    run(folder)
    assert [one["comment"] for one in entries(folder)] == ["ask in person", ""]


def test_an_unreadable_part_needs_no_reason(tmp_path: Path) -> None:
    write(tmp_path / "in" / "ada.toml", submission("ada", "[answers.q4]\nZ = '98 = 56'\n"))
    keys = copy_keys(tmp_path / "keys")
    grade(tmp_path / "in", tmp_path / "out", keys)
    (entry,) = entries(tmp_path)
    assert (entry["part"], entry["answer"]) == ("q4.Z", "98 = 56")
    assert "98 = 56" in str(entry["said"])
    fill(tmp_path, "ada", "points = 0.5", "q4.Z")
    for _ in range(2):
        grade(tmp_path / "in", tmp_path / "out", keys)
        assert report(tmp_path / "out", "ada")["score"] == 0.5
        review(tmp_path).write_text(review(tmp_path).read_text("utf-8") + "# seen\n", encoding="utf-8")


def test_the_markdown_page_adds_up_to_its_total(folder: Path) -> None:
    fill(folder, "ada", "points = 1.5")
    run(folder)
    page = (folder / "out" / "pages" / "cnn-foundations" / "ada.md").read_text("utf-8")
    headings = [float(found) for found in re.findall(r"^## .*\((\S+) / \S+\)$", page, re.MULTILINE)]
    (total,) = re.findall(r"Total: (\S+) / 20", page.replace("&#58;", ":"))
    assert sum(headings) == float(total) == report(folder / "out", "ada")["score"]
    assert "| why | … pending | 1.5 / 2 |" in page


def test_points_that_were_lowered_since_are_said(folder: Path) -> None:
    keys = copy_keys(folder / "keys")
    fill(folder, "ada", "points = 1.5")
    run(folder, keys=keys)
    path = keys / "cnn-foundations" / "assignment.toml"
    text = path.read_text("utf-8")
    lowered = lower_why(text)
    path.write_text(re.sub(r"^points = 20\n", "", lowered, flags=re.MULTILINE), "utf-8")
    assert path.read_text("utf-8") != text
    before = visible(folder / "out")
    with pytest.raises(UsageError, match=r"1\.5 points were given for q1\.why of 'ada', and it is worth 1 now"):
        run(folder, keys=keys)
    assert visible(folder / "out") == before
    fill(folder, "ada", "points = 1")
    run(folder, keys=keys)
    assert report(folder / "out", "ada")["questions"][0]["parts"][1]["review"]["points"] == 1.0


def test_a_key_that_is_not_what_the_assignment_says_is_said(folder: Path) -> None:
    keys = copy_keys(folder / "keys")
    (keys / "cnn-foundations" / "key.toml").unlink()
    done = call("batch", folder / "in", "--out", folder / "new", "--keys", keys, "--jobs", "1")
    assert "key.toml is missing or cannot be read; marks come from the assignment" in done.stderr
    again = call("batch", folder / "in", "--out", folder / "new", "--keys", keys, "--jobs", "1")
    assert again.stderr == ""
