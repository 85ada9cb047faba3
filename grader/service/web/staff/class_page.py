"""The class page, always current, as `class.html` shows it; and the answers to a question, equal ones once."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from grader.gradebook.database.class_records import document_of, lists_of
from grader.reports.markup import blocks
from grader.reports.sanitise import shorten, text_lines, visible
from grader.reports.sheets.solutions import part_solution
from grader.service.course.answers import EqualAnswers, answers_to
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service
from grader.service.course.who import Right
from grader.service.store import submissions
from grader.service.store.releases import is_released
from grader.service.web.endpoint import Endpoint, EndpointCall
from grader.service.web.staff.pages import files_of, staff_page, words_of
from grader.service.web.staff.words import StaffWords
from grader.statistics.page import section

_ANSWER = 2_000
_MOST = 500


async def the_class(call: EndpointCall) -> Response:
    """What the class got, part by part, and what it got wrong."""
    id = call.path("assignment")
    shown = await call.ask(_section, call, id)
    released, late = await call.ask(_is_released, call, id), await call.ask(_some_lose, call, id)
    feedback = words_of(call).feedback(call.service.assignments()[id].policy.feedback, released)
    values: dict[str, Any] = {
        "released": released,
        "feedback": feedback,
        "late": late,
        "files": files_of(call, id),
    }
    return staff_page(call, "staff/class.html", shown=shown, id=id, **values)


def _is_released(call: EndpointCall, assignment: str) -> bool:
    with call.service.store.reading() as base:
        return is_released(base, assignment)


def _some_lose(call: EndpointCall, assignment: str) -> bool:
    with call.service.store.reading() as base:
        return submissions.some_lose(base, assignment)


def _section(call: EndpointCall, assignment: str) -> Markup:
    course = call.service.applied.course
    with call.site.gradebook.of(assignment) as database:
        document = document_of(database, [assignment], {assignment: course.asked(assignment)})
        return section(lists_of(database, student_path), document, question_path, call.service.lang)


async def question(call: EndpointCall) -> Response:
    """What a question asks, its key, and every answer that it got."""
    return staff_page(call, "staff/question.html", **await call.ask(_question, call))


def _question(call: EndpointCall) -> dict[str, Any]:
    service, words = call.service, words_of(call)
    assignment, id = call.path("assignment"), call.path("question")
    if assignment not in service.applied.course.assignments:
        raise MissingError
    asked = service.applied.course.asked(assignment).get("questions", {}).get(id)
    if asked is None:
        raise MissingError
    answers = answers_to(service, assignment, id)
    return {
        "assignment": {"id": assignment, "title": visible(service.assignments()[assignment].title or assignment)},
        "files": files_of(call, assignment),
        "id": id,
        "shown": asked.get("shown"),
        "parts": [
            {
                "id": name,
                "shown": about.get("shown"),
                "options": about.get("options", ()),
                "key": _key(service, assignment, id, name),
                "answers": [_answer(words, one) for one in answers.get(name, ())[:_MOST]],
            }
            for name, about in asked["parts"].items()
        ],
    }


def _key(service: Service, assignment: str, question: str, part: str) -> Markup | None:
    """The right answer; None if it differs between variants, or a person decides."""
    solution = service.solution(assignment)
    if solution.variants is not None:
        return None
    solved = solution.questions[question]
    key = part_solution(solved, solved.parts[part]).key
    return None if key is None else blocks(key)


def _answer(words: StaffWords, one: EqualAnswers) -> dict[str, Any]:
    return {
        "written": "\n".join(text_lines(one.written, _ANSWER)),
        "verdict": words.verdict(one.verdict),
        "points": words.number(one.points),
        "count": words.students(len(one.who)),
        "who": [
            {"name": shorten(visible(student), 200), "path": f"/staff/hand-in/{number}"} for student, number in one.who
        ],
    }


def student_path(assignment: str, student: str) -> str:
    """The address of a student's page, at an assignment."""
    return f"/staff/student?id={quote(student, safe='')}#{quote(assignment, safe='')}"


def question_path(assignment: str, question: str) -> str:
    """The address of the answers to a question."""
    return f"/staff/question/{quote(assignment, safe='')}/{quote(question, safe='')}"


def endpoints() -> list[Endpoint]:
    """The endpoints declared here."""
    return [
        Endpoint("/staff/class/{assignment}", the_class, Right.MARK),
        Endpoint("/staff/question/{assignment}/{question}", question, Right.MARK),
    ]
