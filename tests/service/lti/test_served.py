"""People come from a platform that others wrote into a course that is served."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from grader.service.store.people import add_person, everybody, person_named
from grader.service.store.tables import credentials, lti_people
from tests.service.lti.linked import ADDRESS, Linked, hidden, policy
from tests.service.lti.platform import INSTRUCTOR, LEARNER, sent
from tests.service.lti.test_launch import forged

ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"


def people(course: Linked) -> dict[str, str]:
    """Everybody but the instructor who is there from the start, with their roles."""
    with course.service.store.reading() as base:
        return {one.student: one.role for one in everybody(base) if one.student != "instructor"}


def add(course: Linked, student: str, role: str = "student") -> None:
    with course.service.store.writing() as base:
        add_person(base, student, "Of the roster", role, course.clock())


def said(response: Any) -> str:
    """The one sentence of a page that refuses, without its marks of direction."""
    found = re.search(r'<p role="alert">(.*?)</p>', response.text, re.DOTALL)
    assert found is not None, response.text
    text = re.sub(r"<[^>]*>", "", found[1])
    return text.replace("&#39;", "'").replace("&#34;", '"').replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_student_is_signed_in_and_led_to_the_assignment(course: Linked, method: str) -> None:
    browser = course.browser()
    form = course.form(course.begun(browser, method=method))
    response = course.posted(browser, form)
    assert (response.status_code, response.headers["location"]) == (303, "/work/cnn-foundations")
    cookies = response.headers.get_list("set-cookie")
    session = next(one for one in cookies if one.startswith("__Host-grader-session="))
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= {one.strip().lower() for one in session.split(";")}
    assert sum(one.startswith("__Host-lti-") and "Max-Age=0" in one for one in cookies) == 1
    page = browser.get(response.headers["location"])
    assert page.status_code == 200
    [(student, role)] = people(course).items()
    assert re.fullmatch(r"lti-[0-9a-f]{16}", student)
    assert role == "student"
    with course.service.store.reading() as base:
        found = person_named(base, student)
        assert found is not None
        assert (found.name, found.email) == ("Student One", "one@example.org")


def test_the_same_person_comes_again_and_another_one_is_another(course: Linked) -> None:
    for student in ("student-01", "student-02", "student-01"):
        assert course.launched(course.browser(), student=student).status_code == 303
    assert len(people(course)) == 2


def test_a_custom_claim_says_which_assignment_and_an_unknown_one_is_named(course: Linked) -> None:
    response = course.launched(course.browser(), assignment="cnn-foundation")
    assert response.status_code == 403
    assert said(response) == (
        "unknown assignment 'cnn-foundation': did you mean 'cnn-foundations'? known: cnn-foundations"
    )
    assert "__Host-grader-session" not in str(response.headers)


def test_staff_are_led_to_their_pages(course: Linked) -> None:
    for student, role, wanted in [("t-1", INSTRUCTOR, "instructor"), ("t-2", ASSISTANT, "assistant")]:
        browser = course.browser()
        response = course.launched(browser, student=student, role=role)
        assert response.headers["location"] == "/staff"
        assert browser.get("/staff").status_code == 200
        assert wanted in people(course).values()


def test_a_form_is_good_once_and_in_its_browser(course: Linked) -> None:
    browser, other = course.browser(), course.browser()
    form = course.form(course.begun(browser))
    blocked = course.posted(other, form)
    assert blocked.status_code == 403
    assert said(blocked) == "this browser keeps no cookies inside of another site's page: go on in a window of its own"
    [again] = re.findall(r'<a class="button" href="([^"]+)" target="_blank" rel="noopener">', blocked.text)
    assert again.startswith(f"{ADDRESS}/lti/login?iss=")
    used = course.posted(browser, form)
    assert used.status_code == 403
    assert said(used) == (
        "the sign-in is not known here, or has been used: open the assignment in the learning platform again"
    )
    assert people(course) == {}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"keys": "thief"}, "the signature of the platform's token is wrong"),
        ({"aud": "client-8"}, "the platform's token is meant for another tool"),
        ({"nonce": "another"}, "the platform's token belongs to another sign-in"),
        ({"exp": 1_000}, "the platform's token has expired: open the assignment in the learning platform again"),
        ({"deployment_id": "9"}, "the deployment '9' is not in lti.toml"),
        ({"sub": None}, "the platform's token lacks sub"),
        ({"sub": "<script>alert(1)</script>" * 20}, "the platform's token has a wrong sub"),
    ],
)
def test_a_forged_token_signs_nobody_in(course: Linked, changed: dict[str, Any], sentence: str) -> None:
    browser = course.browser()
    form = forged(course.form(course.begun(browser)), **changed)
    response = course.posted(browser, form)
    assert response.status_code == 403
    assert said(response).startswith(sentence)
    assert "<script>alert" not in response.text
    assert people(course) == {}
    assert "__Host-grader-session" not in str(response.headers)
    assert browser.get("/").status_code == 401


def test_in_a_frame_a_button_opens_a_window_and_works_once_for_five_minutes(course: Linked) -> None:
    browser = course.browser()
    response = course.launched(browser, dest="iframe", assignment="cnn-foundations")
    assert response.status_code == 200
    assert policy(response, "frame-ancestors") == f"https://lms.example {course.platform.origin}"
    assert "x-frame-options" not in response.headers  # older browsers obey it beside the policy
    assert policy(response, "form-action") == "'self'"
    assert "__Host-grader-session" not in str(response.headers)
    assert '<form method="post" action="/enter" target="_blank">' in response.text
    token = hidden(response.text, "token")
    window, thief = course.browser(), course.browser()
    stolen = thief.post("/enter", data={"token": token}, headers={"sec-fetch-site": "cross-site"})
    assert stolen.status_code == 403
    entered = window.post("/enter", data={"token": token}, headers={"sec-fetch-site": "same-origin", "origin": "null"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/work/cnn-foundations")
    assert window.get("/work/cnn-foundations").status_code == 200
    assert thief.post("/enter", data={"token": token}).status_code == 401

    late = hidden(course.launched(course.browser(), dest="iframe").text, "token")
    course.clock.forward(minutes=5)
    assert thief.post("/enter", data={"token": late}).status_code == 401
    course.launched(course.browser(), dest="iframe")
    with course.service.store.reading() as base:
        kept = base.execute(select(credentials.c.kind).where(credentials.c.kind == "once")).all()
    assert len(kept) == 1


def test_a_browser_that_does_not_say_where_it_shows_a_page_gets_the_button(course: Linked) -> None:
    browser = course.browser()
    response = browser.post("/lti/launch", data=course.form(course.begun(browser)))
    assert response.status_code == 200
    hidden(response.text, "token")


def test_only_pages_of_this_room_are_shown_in_frames(course: Linked) -> None:
    browser = course.browser()
    course.launched(browser)
    for path in ("/", "/work/cnn-foundations", "/enter", "/health", "/lti/jwks.json"):
        assert policy(browser.get(path), "frame-ancestors") == "'none'", path
        assert browser.get(path).headers["x-frame-options"] == "DENY"
    refused = browser.get("/lti/login")
    assert refused.status_code == 403
    assert said(refused) == "the platform's request lacks iss"
    assert policy(refused, "frame-ancestors").startswith("https://lms.example ")


# -- who somebody is ------------------------------------------------------------------------------------------------


def test_nobody_is_matched_by_an_address_or_by_what_they_call_themselves(course: Linked) -> None:
    add(course, "student-01")
    with course.service.store.writing() as base:
        add_person(base, "student-02", "Student One", "student", course.clock(), "one@example.org")
    course.launched(course.browser(), student="student-01", sourcedid="student-02")
    assert len(people(course)) == 3


def test_a_platform_may_vouch_for_ids_of_the_roster(course: Linked) -> None:
    course.register(student_id="sourcedid")
    add(course, "student-07")
    browser = course.browser()
    course.launched(browser, student="sub-1", sourcedid="student-07", name="Another name")
    assert people(course) == {"student-07": "student"}
    with course.service.store.reading() as base:
        found = person_named(base, "student-07")
        assert found is not None
        assert (found.name, found.email) == ("Of the roster", "")
    course.launched(course.browser(), student="sub-2", sourcedid="student-08")
    assert people(course) == {"student-07": "student", "student-08": "student"}


def test_a_launch_without_name_and_address_leaves_those_that_are_known(course: Linked) -> None:
    course.launched(course.browser())
    browser = course.browser()
    message = course.platform.message(course.begun(browser, "student-01"))
    message.set_user_data("student-01", [LEARNER])  # the platform keeps them to itself since
    assert course.posted(browser, sent(message)).status_code == 303
    with course.service.store.reading() as base:
        found = next(one for one in everybody(base) if one.student != "instructor")
    assert (found.name, found.email) == ("Student One", "one@example.org")


def test_a_student_without_an_id_is_nobody_where_it_is_asked_for(course: Linked) -> None:
    course.register(student_id="sourcedid")
    response = course.launched(course.browser())
    assert said(response) == "the platform does not say your id as a student (lis.person_sourcedid): ask your staff"
    response = course.launched(course.browser(), sourcedid="s" * 201)
    assert said(response) == "the platform's id of a student has more than 200 letters"
    assert people(course) == {}
    assert course.launched(course.browser(), student="t-1", role=INSTRUCTOR).headers["location"] == "/staff"


def test_a_student_of_the_roster_does_not_become_staff_unless_the_file_says_so(course: Linked) -> None:
    course.register(student_id="sourcedid")
    add(course, "student-07")
    browser = course.browser()
    response = course.launched(browser, role=INSTRUCTOR, sourcedid="student-07")
    assert response.headers["location"] == "/work/cnn-foundations"
    assert browser.get("/staff").status_code == 403
    assert people(course) == {"student-07": "student"}
    with course.service.store.reading() as base:
        assert base.execute(select(lti_people.c.role)).scalar_one() == "instructor"
    course.register(trust_roles=True)
    assert course.launched(browser, role=INSTRUCTOR, sourcedid="student-07").headers["location"] == "/staff"
    assert people(course) == {"student-07": "instructor"}


def test_somebody_whom_only_the_platform_knows_has_the_role_that_it_says_now(course: Linked) -> None:
    for role, wanted in [(LEARNER, "student"), (INSTRUCTOR, "instructor"), (LEARNER, "student")]:
        course.launched(course.browser(), role=role)
        assert list(people(course).values()) == [wanted]


def test_staff_come_from_the_courses_of_the_file_alone(course: Linked) -> None:
    response = course.launched(course.browser(), role=INSTRUCTOR, context="sandbox")
    assert said(response) == "the course 'sandbox' of the platform is not among the context_ids in lti.toml"
    assert course.launched(course.browser(), context="sandbox").status_code == 403
    course.register(context_ids=[])
    response = course.launched(course.browser(), role=INSTRUCTOR)
    assert said(response) == "staff come from courses that lti.toml names: context_ids = ['course-4'] is missing there"
    assert people(course) == {}
    assert course.launched(course.browser(), context="sandbox").status_code == 303
    assert list(people(course).values()) == ["student"]


# -- links ----------------------------------------------------------------------------------------------------------


def test_an_instructor_links_an_assignment(course: Linked) -> None:
    browser = course.browser()
    response = course.asked_for_links(browser)
    assert response.status_code == 200
    assert policy(response, "frame-ancestors").startswith("https://lms.example ")
    token = hidden(response.text, "token")
    assert 'value="cnn-foundations"' in response.text
    frame = course.browser()  # a browser that keeps no cookies in frames
    told = {"token": token, "assignment": ["cnn-foundations", "of another course"]}
    assert frame.post("/lti/choose", data=told, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    answer = frame.post("/lti/choose", data=told, headers={"sec-fetch-site": "same-origin", "origin": "null"})
    assert answer.status_code == 200
    assert policy(answer, "form-action") == "'self' https://lms.example"
    assert '<form id="back" method="post" action="https://lms.example/back?course=4">' in answer.text
    assert '<script src="/lti-back.js" defer></script>' in answer.text
    assert frame.get("/lti-back.js").text == 'document.getElementById("back").submit();\n'
    [item] = course.platform.config.validate_deeplinking_resp({"JWT": hidden(answer.text, "JWT")})
    title = course.service.assignments()["cnn-foundations"].title
    assert item == {
        "type": "ltiResourceLink",
        "title": title,
        "url": f"{ADDRESS}/lti/launch?assignment=cnn-foundations",
        "custom": {"assignment": "cnn-foundations"},
        "lineItem": {"label": title, "resourceId": "cnn-foundations", "scoreMaximum": 20},
    }
    again = frame.post("/lti/choose", data=told)
    assert said(again) == "the choice was made already, or took too long: begin again in the learning platform"
    assert frame.post("/enter", data={"token": token}).status_code == 401


def test_a_student_links_nothing(course: Linked) -> None:
    response = course.asked_for_links(course.browser(), LEARNER)
    assert said(response) == "only instructors choose which assignments the platform links to"


def test_the_published_keys_hold_no_private_part(course: Linked) -> None:
    [key] = course.browser().get("/lti/jwks.json").json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
