"""Two workers share one database: what one does in the middle of another's work is neither lost nor doubled."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook.run.course import Course
from tests.service.courses import Served, course_in, serving

WHY = "It adds up."
BODY = {"assignment": "cnn-foundations", "student": "student-01", "answers": {"q1": {"why": WHY}}}


def paper(text: str = WHY) -> bytes:
    return f'assignment = "cnn-foundations"\nstudent = "student-01"\n[answers.q1]\nwhy = "{text}"\n'.encode()


def hand_in(worker: Served, text: str = WHY) -> Any:
    from grader.service.course.hand_in import hand_in as handed_in
    from grader.service.course.who import SCOPES, Who

    who = Who("program", SCOPES["submit"])
    return worker.service.work.submit(handed_in, worker.service, who, paper(text)).result()


def meanwhile(worker: Served, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have something happen once, after the worker's next marking and before it stores what it marked."""
    marked, acts = worker.service.marked, [act]

    def then(*arguments: Any, **more: Any) -> Any:
        row = marked(*arguments, **more)
        if acts:
            acts.pop()()
        return row

    monkeypatch.setattr(worker.service, "marked", then)


def part(worker: Served, id: int) -> Any:
    report = worker.program("staff").get(f"/api/v1/submissions/{id}/report").json()
    return next(one for one in report["questions"][0]["parts"] if one["id"] == "why")


def test_attempts_are_numbered_without_gaps(served: Served, other: Served) -> None:
    workers = [served, other] * 6
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda number: hand_in(workers[number], f"text {number}"), range(len(workers))))
    assert sorted(one.hand_in.attempt for one in made) == list(range(1, 13))


def test_one_attempt_is_one_attempt(served: Served, other: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.service.course.refusals import DeniedError

    with_policy(served.folder, "attempts = 1")
    for worker in (served, other):
        program = worker.program("staff", "applier")
        assert program.post("/api/v1/remark?assignment=cnn-foundations&apply=true").status_code == 200
    meanwhile(served, monkeypatch, lambda: hand_in(other, "another text"))
    with pytest.raises(DeniedError):
        hand_in(served)


def test_the_same_through_two_workers_is_one_attempt(
    served: Served, other: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    meanwhile(served, monkeypatch, lambda: made.append(hand_in(other)))
    assert hand_in(served).hand_in == made[0].hand_in
    assert made[0].hand_in.attempt == 1


def with_policy(folder: Path, policy: str) -> None:
    """Give the assignment this policy instead of the one it has."""
    path = folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    head, questions, rest = path.read_text("utf-8").partition("\n[[questions]]")
    head = head.partition("\n[assignment.policy]")[0]
    path.write_text(f"{head}\n[assignment.policy]\n{policy}\n{questions}{rest}", "utf-8")


def test_a_mark_that_is_given_while_a_hand_in_is_marked_counts_for_it(
    served: Served, other: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hand_in(served).hand_in.id
    mark = {"submission": first, "question": "q1", "part": "why", "points": 2, "version": 0}
    meanwhile(served, monkeypatch, lambda: other.program("staff", "marker").post("/api/v1/marks", json=mark))
    served.clock.forward(minutes=1)
    second = hand_in(served).hand_in.id
    assert part(other, first)["review"]["points"] == 2.0
    assert part(other, second)["review"]["points"] == 2.0


def test_a_key_that_is_applied_while_a_hand_in_is_marked_marks_it(
    served: Served, other: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fixed() -> None:
        path = served.folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
        text = path.read_text("utf-8")
        path.write_text(
            text.replace("points = 20\n", "points = 21\n", 1).replace("points = 2\n", "points = 3\n", 1), "utf-8"
        )
        address = "/api/v1/remark?assignment=cnn-foundations&apply=true"
        assert other.program("staff", "applier").post(address).status_code == 200

    hand_in(served)
    served.clock.forward(minutes=1)
    meanwhile(served, monkeypatch, fixed)
    made = hand_in(served)
    staff = other.program("staff")
    assert staff.get(f"/api/v1/submissions/{made.hand_in.id}").json()["max_score"] == 21
    assert staff.post("/api/v1/remark?assignment=cnn-foundations").json()["moved"] == []


def test_two_tabs_that_save_a_field_first_do_not_overwrite_each_other(served: Served, other: Served) -> None:
    from grader.service.store import drafts

    served.person("student-01")
    with served.service.store.reading() as base:
        from grader.service.store.people import person_named

        person = person_named(base, "student-01")
    assert person is not None
    saved: list[object] = []

    def second() -> None:
        with other.service.store.writing() as base:
            saved.append(drafts.save(base, person.id, "cnn-foundations", "q1.why", "second", 0, served.clock()))

    thread = threading.Thread(target=second)
    with served.service.store.writing() as base:
        assert drafts.save(base, person.id, "cnn-foundations", "q1.why", "first", 0, served.clock()) is not None
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "it waits for the first"
    thread.join(120)
    assert saved == [None]
    with served.service.store.reading() as base:
        assert drafts.of_person(base, person.id, "cnn-foundations")["q1.why"].written == "first"


def test_one_mark_of_a_version_is_kept(served: Served, other: Served) -> None:
    id = hand_in(served).hand_in.id
    clients = [worker.program("staff", f"marker-{place}") for place, worker in enumerate((served, other))]
    mark = {"submission": id, "question": "q1", "part": "why", "points": 1, "version": 0}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda client: client.post("/api/v1/marks", json=mark).status_code, clients))
    assert sorted(answers) == [200, 409]


def look(worker: Served) -> threading.Thread:
    from grader.service.course.remarking import LOOK, start
    from grader.service.course.who import Right, Who

    return start(worker.service, Who("staff", frozenset(Right)), "cnn-foundations", LOOK)


def upload(worker: Served) -> threading.Thread:
    from grader.service.course.uploads import start
    from grader.service.course.who import Right, Who

    return start(worker.service, Who("staff", frozenset(Right)), [("a.toml", paper())])


@pytest.mark.parametrize(("begin", "name"), [(look, "the re-mark of cnn-foundations"), (upload, "the upload of staff")])
def test_long_work_that_another_worker_begins_at_the_same_moment_is_not_begun_twice(
    served: Served, other: Served, begin: Callable[[Served], threading.Thread], name: str
) -> None:
    from grader.service.course.refusals import OvertakenError
    from grader.service.store.progress import Progress, progress_of, put_progress

    first = Progress("look", "running", "somebody", served.clock(), 7)
    refused: list[bool] = []

    def second() -> None:
        try:
            begin(other).join(120)
            refused.append(False)
        except OvertakenError:
            refused.append(True)

    thread = threading.Thread(target=second)
    with served.service.store.writing() as base:
        put_progress(base, name, first)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it waits for the first"
    thread.join(120)
    assert refused == [True]
    with served.service.store.reading() as base:
        assert progress_of(base, name, served.clock()) == first


@pytest.mark.parametrize(
    ("page", "name", "said"),
    [
        (
            "/staff/key/cnn-foundations",
            "the re-mark of cnn-foundations",
            "these hand-ins are being marked again already",
        ),
        ("/staff/upload", "the upload of instructor-2", "nothing in this one was accepted"),
    ],
)
def test_who_begins_long_work_that_is_under_way_is_told_so(
    served: Served, other: Served, page: str, name: str, said: str
) -> None:
    from grader.service.store.progress import Progress, put_progress

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.toml", paper())
    with other.service.store.writing() as base:
        put_progress(base, name, Progress("look", "running", "somebody", served.clock(), 7))
    instructor = served.person("instructor-2", "instructor")
    files = {"archive": ("a.zip", packed.getvalue())} if page == "/staff/upload" else None
    data = {"csrf": instructor.csrf, "step": "look"}  # type: ignore[attr-defined]
    answer = instructor.post(page, data=data, files=files)
    assert answer.status_code == 409
    assert said in answer.text
    assert "refresh" not in answer.headers, "it stays until it is read"
    assert attempts_of(served) == []


def attempts_of(worker: Served) -> list[Any]:
    return list(worker.program("staff").get("/api/v1/results?assignment=cnn-foundations").json())


def put_into(worker: Served, **teams: str) -> None:
    from grader.service.course.people import regroup

    with worker.service.store.writing() as base:
        wanted = {student.replace("_", "-"): team for student, team in teams.items()}
        regroup(base, wanted, "staff", worker.clock())


def test_a_team_that_changes_while_a_hand_in_is_marked_hands_in_together(
    served: Served, other: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_policy(served.folder, "teams = true")
    for worker in (served, other):
        worker.service.work.submit(worker.service.look).result()
    put_into(served, student_01="red", student_02="red")
    meanwhile(served, monkeypatch, lambda: put_into(other, student_02="", student_03="red"))
    hand_in(served)
    assert [row["student"] for row in attempts_of(served)] == ["student-01", "student-03"]


@pytest.mark.parametrize("before", ["true", "false"])
def test_teams_that_change_while_a_policy_is_applied_get_what_it_deducts(tmp_path: Path, before: str) -> None:
    from grader.service.course.assignments import apply, document
    from grader.service.course.deductions import recompute
    from grader.service.store.store import take_turns
    from grader.service.store.tables import extensions

    policy = "due = 2026-02-28T09:00:00Z\nlate = {{per_day = {per_day}, at_most = 4}}\nteams = {teams}"
    with_policy(course_in(tmp_path), policy.format(per_day=0.1, teams=before))
    with serving(tmp_path, "postgresql") as served:
        service, id = served.service, "cnn-foundations"
        hand_in(served)
        due = datetime(2026, 3, 1, 9, tzinfo=UTC)
        with service.store.writing() as base:
            given = {"assignment": id, "student": "student-02", "due": due, "attempts": 0, "why": ""}
            base.execute(extensions.insert().values(given))
        thread = threading.Thread(target=put_into, args=(served,), kwargs={"student_01": "red", "student_02": "red"})
        with service.store.writing() as base:
            take_turns(base, f"marks {id}")
            with_policy(tmp_path, policy.format(per_day=0.2, teams="true"))
            new = Course.load(tmp_path / "answer_keys").assignments[id]
            apply(base, new, served.clock())
            recompute(base, id, document(new).policy)
            thread.start()
            thread.join(0.5)
            assert thread.is_alive(), "it waits for the policy"
        thread.join(120)
        assert attempts_of(served)[0]["deduction"] == 0.2


def test_two_rosters_at_once_are_both_read(tmp_path: Path) -> None:
    with serving(course_in(tmp_path), "postgresql") as served:
        from grader.service.course.people import regroup

        failed: list[Exception] = []

        def second() -> None:
            try:
                put_into(served, student_01="blue")
            except Exception as problem:
                failed.append(problem)

        thread = threading.Thread(target=second)
        with served.service.store.writing() as base:
            regroup(base, {"student-01": "red"}, "staff", served.clock())
            thread.start()
            thread.join(0.5)
            assert thread.is_alive(), "it waits for the first"
        thread.join(120)
        assert failed == []


def test_what_was_handed_in_before_is_an_attempt_again_where_another_came_between(served: Served) -> None:
    from grader.service.course.hand_in import prepare, store
    from grader.service.course.who import SCOPES, Who
    from grader.service.store.submissions import past

    who, service = Who("program", SCOPES["submit"]), served.service
    hand_in(served, "first")
    second, again = (prepare(service, who, paper(text)) for text in ("second", "first"))
    assert again.again is not None
    for one in (second, again):
        service.work.submit(store, service, who, one).result()
    with service.store.reading() as base:
        last = past(base, "cnn-foundations", "student-01").last
    assert last is not None
    assert (last.hand_in.attempt, last.hand_in.digest) == (3, hashlib.sha256(paper("first")).hexdigest())
