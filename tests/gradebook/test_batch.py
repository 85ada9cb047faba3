"""`grader batch` from outside: what is written, what is never done twice, what refuses."""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gradebook.folders import (
    EXAMPLES,
    KEYS,
    call,
    grade,
    make_class,
    report,
    rows,
    submission,
    visible,
    write,
)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of every example, with their pages."""
    out = tmp_path_factory.mktemp("examples") / "out"
    grade(EXAMPLES, out, pages=True)
    return out


def test_every_document_is_byte_for_byte_that_of_check(examples: Path) -> None:
    compared, table = 0, rows(examples)
    for path in sorted(EXAMPLES.rglob("*.toml")):
        name = path.relative_to(EXAMPLES).as_posix()
        row = table[name]
        if row["status"] not in ("graded", "needs_review"):
            continue
        done = call("check", path, "--format", "json", "--keys", KEYS)
        written = (examples / "reports" / row["assignment"] / f"{row['student']}.json").read_text("utf-8")
        assert written == done.stdout, name
        compared += 1
    assert compared > 10


def test_persian_reports_are_those_of_check(tmp_path: Path) -> None:
    grade(EXAMPLES / "cnn-foundations", tmp_path / "out", pages=True, lang="fa")
    written = visible(tmp_path / "out")
    for name in ("paper-000", "all-right", "trouble-carried"):
        path = EXAMPLES / "cnn-foundations" / f"{name}.toml"
        files = {"json": f"reports/cnn-foundations/{name}.json", "markdown": f"pages/cnn-foundations/{name}.md"}
        for format, file in files.items():
            said = call("check", path, "--format", format, "--lang", "fa").stdout
            assert written[file].decode() == said
        assert b'dir="rtl"' in written[f"pages/cnn-foundations/{name}.html"]


def test_pages_are_those_of_the_document(examples: Path) -> None:
    from grader.homework.solution import open_solution
    from grader.reports.asked import asked
    from grader.reports.html import student_page

    written = sorted((examples / "pages").rglob("*.html"))
    assert len(written) > 10
    solutions = {name: open_solution(KEYS / name) for name in {page.parent.name for page in written}}
    for page in written:
        assignment = page.parent.name
        document = report(examples, page.stem, assignment)
        solution = solutions[assignment]
        own = solution.variant(document["variant"]) if "variant" in document else solution
        assert page.read_text("utf-8") == student_page(document, asked(own))
        assert page.with_suffix(".md").exists()


def test_processes_give_what_one_process_gives(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "in", 150)
    grade(folder, tmp_path / "one")
    grade(folder, tmp_path / "two", jobs=2)
    assert visible(tmp_path / "one") == visible(tmp_path / "two")
    assert len(visible(tmp_path / "one")) > 150


def test_a_dask_cluster_gives_what_one_process_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask is not installed")
    monkeypatch.setattr("grader.executors.cluster.CONNECTING", 120)
    folder = make_class(tmp_path / "in", 90)
    grade(folder, tmp_path / "one")
    script = write(
        tmp_path / "cluster.py",
        "from distributed import LocalCluster\nimport sys\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None,\n"
        "                      host='127.0.0.1', protocol='tcp://') as cluster:\n"
        "        print(cluster.scheduler_address, flush=True)\n"
        "        sys.stdin.read()\n",
    )
    root = Path(__file__).resolve().parents[2]
    cluster = subprocess.Popen(
        [sys.executable, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    try:
        assert cluster.stdout is not None
        address = cluster.stdout.readline().strip()
        done = call("batch", folder, "--out", tmp_path / "far", "--no-pages", "--keys", KEYS, "--scheduler", address)
        assert done.returncode == 1, done.stderr
    finally:
        cluster.kill()
        cluster.communicate()
    assert visible(tmp_path / "one") == visible(tmp_path / "far")


def test_a_scheduler_that_does_not_answer_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask is not installed")
    monkeypatch.setattr("grader.executors.cluster.CONNECTING", 0.5)
    make_class(tmp_path / "in", 1)
    done = call("batch", tmp_path / "in", "--out", tmp_path / "out", "--keys", KEYS, "--scheduler", "tcp://127.0.0.1:1")
    assert done.returncode == 2
    assert "no scheduler answers at tcp://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


# -- exit status and the line of summary ----------------------------------------------------------------------------


def test_exit_0_when_all_are_graded_and_nothing_but_one_line(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.toml", submission("student-01", "[answers.q4]\nZ = 10\n"))
    done = call("batch", tmp_path / "in", "--out", tmp_path / "out", "--keys", KEYS)
    assert (done.returncode, done.stderr) == (0, "")
    out = tmp_path / "out"
    said = f"1 submission: 1 graded; 1 marked now, 0 unchanged; results in {out}: open {out / 'class.html'}\n"
    assert done.stdout == said
    assert (out / "class.html").is_file()


def test_the_summary_names_no_page_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.toml", submission("student-01"))
    done = call("batch", tmp_path / "in", "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "1", "--no-pages")
    assert done.stdout.endswith(f"results in {tmp_path / 'out'}\n")
    assert not (tmp_path / "out" / "class.html").exists()


def test_the_summary_is_said_in_persian(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.toml", submission("student-01"))
    done = call("batch", tmp_path / "in", "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "1", "--lang", "fa")
    assert str(tmp_path / "out" / "class.html") in done.stdout
    assert "را باز کنید" in done.stdout
    assert "needs review" not in done.stdout
    assert "۱ پاسخ‌برگ: ۱ " in done.stdout


@pytest.mark.parametrize(
    ("lang", "heading", "why"),
    [
        ("en", "This submission could not be graded.", "a.toml: line 4: unknown part 'hh'; parts of 'q1': g, why"),
        ("fa", "این پاسخ‌برگ تصحیح نشد.", "خط ۴: بخش ناشناختهٔ"),
    ],
)
def test_a_submission_that_cannot_be_graded_has_a_page_with_the_reason(
    tmp_path: Path, lang: str, heading: str, why: str
) -> None:
    text = 'assignment = "cnn-foundations"\nstudent = "student-01"\n[answers.q1]\nhh = 3\n'
    write(tmp_path / "in" / "a.toml", text)
    keys = Path(__file__).parents[2] / "answer_keys"
    grade(tmp_path / "in", tmp_path / "out", keys=keys, lang=lang, pages=True)
    for suffix in ("html", "md"):
        (page,) = (tmp_path / "out" / "pages" / "cnn-foundations").glob(f"*.{suffix}")
        text = html.unescape(page.read_text("utf-8"))
        assert heading in text
        assert why in text.replace("\\", "")
    assert grade(tmp_path / "in", tmp_path / "out", keys=keys, lang=lang, pages=True).unchanged == 1


@pytest.mark.parametrize(
    ("line", "student"), [("note = 3", "student-01"), ("answers = 3", "student-01"), ("note = ", "")]
)
def test_who_sent_what_cannot_be_graded(tmp_path: Path, line: str, student: str) -> None:
    text = f'assignment = "cnn-foundations"\nstudent = "student-01"\n{line}\n'
    write(tmp_path / "in" / "a.toml", text)
    grade(tmp_path / "in", tmp_path / "out", pages=True)
    (row,) = rows(tmp_path / "out").values()
    assert (row["status"], row["student"]) == ("rejected", student)
    said = json.loads(call("check", tmp_path / "in" / "a.toml", "--keys", KEYS, "--format", "json").stdout)
    assert (said["student"] or "", said["assignment"] or "") == (student, "cnn-foundations" if student else "")
    assert len([name for name in visible(tmp_path / "out") if "student-01" in name]) == (3 if student else 0)


def test_a_bad_time_takes_nobody_their_name(tmp_path: Path) -> None:
    text = 'assignment = "cnn-foundations"\nstudent = "student-01"\nsubmitted_at = "noon"\n'
    write(tmp_path / "in" / "a.toml", text)
    grade(tmp_path / "in", tmp_path / "out")
    (row,) = rows(tmp_path / "out").values()
    assert (row["status"], row["student"]) == ("rejected", "student-01")
    assert "expected a date and time without quotes" in row["reason"]


def test_exit_1_when_a_person_is_needed(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.toml", submission("student-01"))
    done = call("batch", tmp_path / "in", "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "1")
    assert done.returncode == 1


@pytest.mark.parametrize("folder", ["missing", "empty"])
def test_exit_2_and_nothing_written_on_bad_use(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    done = call("batch", tmp_path / folder, "--out", tmp_path / "out", "--keys", KEYS)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


# -- nothing twice, nothing lost -----------------------------------------------------------------------------------


def test_a_folder_without_assignments_is_bad_use(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.toml", submission("student-01"))
    (tmp_path / "keys").mkdir()
    done = call("batch", tmp_path / "in", "--out", tmp_path / "out", "--keys", tmp_path / "keys")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "grader: expected a folder of assignments, each a folder with an assignment.toml, rec"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("written", ["⟨free text⟩", "x ⟨free text⟩"])
def test_no_answer_takes_the_place_of_a_text(written: str, tmp_path: Path) -> None:
    write(
        tmp_path / "in" / "a.toml",
        submission("a", f"[answers.q1]\nwhy = 'It is padded, I think.'\n[answers.q4]\nZ = '{written}'\n"),
    )
    assert grade(tmp_path / "in", tmp_path / "out", pages=True).statuses == {"needs_review": 1}
    part = report(tmp_path / "out", "a")["questions"][3]["parts"][1]
    assert (part["verdict"], part["submitted"]) == ("unreadable", written)
    assert html.escape(written) in (tmp_path / "out" / "pages" / "cnn-foundations" / "a.html").read_text("utf-8")
