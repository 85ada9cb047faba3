"""The OpenAPI document: complete, true, and without anything of a key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.gradebook.folders import KEYS, ROOT
from tests.service.api.documented import unlimited, violations
from tests.service.courses import Served, course_in, serving

PAPER = ROOT / "submissions_example" / "cnn-foundations" / "paper-000.toml"


@pytest.mark.parametrize("scope", ["submit", "read", "staff"])
def test_schemathesis_finds_nothing_that_differs(served: Served, scope: str) -> None:
    unlimited(served)
    maker = served.program("submit", "maker")
    maker.post("/api/v1/submissions", content=PAPER.read_bytes(), headers={"content-type": "application/toml"})
    document = served.stranger().get("/api/v1/openapi.json").json()
    token = served.program(scope).headers["authorization"]
    found, answered = violations(served, document, token, 5)
    assert found == []
    statuses = {status for _, _, status in answered}
    assert {200, 401, 404, 405} <= statuses
    assert max(statuses) < 500
    if scope != "read":
        assert answered["POST", "/api/v1/submissions", 201] > 20, "the document lets nobody hand in"
    if scope == "staff":
        assert answered["GET", "/api/v1/submissions/1/report", 200] > 0


def test_every_call_is_documented_with_who_may_make_it(served: Served) -> None:
    from grader.service.web.app import endpoints

    document = served.stranger().get("/api/v1/openapi.json").json()
    calls = {
        (endpoint.path, method)
        for endpoint in endpoints()
        if endpoint.path.startswith("/api/v1/")
        for method in endpoint.methods
    }
    assert {(path, method.upper()) for path, item in document["paths"].items() for method in item} == {
        (path, method) for path, method in calls if method != "HEAD"
    }
    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/api/v1/marks"]["post"]["description"] == "With a token of the scope staff."
    assert document["paths"]["/api/v1/preview"]["post"]["description"] == "With a token of the scope submit or staff."
    assert "security" not in document["paths"]["/api/v1/openapi.json"]["get"]
    names = [item["operationId"] for path in document["paths"].values() for item in path.values()]
    assert len(set(names)) == len(names)


def test_a_course_of_many_assignments_has_a_document_that_programs_can_read(tmp_path: Path) -> None:
    """A generator of requests gave up at a hundred branches."""
    with serving(course_in(tmp_path, *(folder.name for folder in KEYS.iterdir() if folder.is_dir()))) as served:
        document = served.stranger().get("/api/v1/openapi.json").json()
        ids = {one["id"] for one in served.program("read").get("/api/v1/assignments").json()}
    assert len(ids) > 10
    for call in ("preview", "submissions", "marks"):
        content = document["paths"][f"/api/v1/{call}"]["post"]["requestBody"]["content"]["application/json"]
        assert 5 < len(content["schema"]["anyOf"]) <= 40
    (parameter,) = document["paths"]["/api/v1/results"]["get"]["parameters"]
    assert set(parameter["schema"]["enum"]) == ids


def test_its_schemas_are_schemas_and_what_they_refer_to_is_there(served: Served) -> None:
    document = served.stranger().get("/api/v1/openapi.json").json()
    components = document["components"]["schemas"]
    for schema in components.values():
        Draft202012Validator.check_schema(schema)
    text = json.dumps(document)
    for word in text.split('"#/components/schemas/')[1:]:
        assert word.partition('"')[0] in components


def test_a_report_with_a_person_s_mark_fits_its_schema(served: Served) -> None:
    staff = served.program("staff")
    made = staff.post("/api/v1/submissions", content=PAPER.read_bytes(), headers={"content-type": "application/toml"})
    id = made.json()["id"]
    mark = {"submission": id, "question": "q1", "part": "why", "points": 1, "comment": "Good.", "version": 0}
    assert staff.post("/api/v1/marks", json=mark).status_code == 200
    report = staff.get(f"/api/v1/submissions/{id}/report").json()
    assert report["questions"][0]["parts"][1]["review"]["comment"] == "Good."
    document = served.stranger().get("/api/v1/openapi.json").json()
    Draft202012Validator({"$ref": "#/components/schemas/Report", **document}).validate(report)


def test_nothing_of_a_key_is_in_it(served: Served) -> None:
    text = served.stranger().get("/api/v1/openapi.json").text
    assert '"cnn-foundations"' in text
    import tomli

    key = tomli.loads((KEYS / "cnn-foundations" / "key.toml").read_text("utf-8"))
    for parts in key["answers"].values():
        for value in parts.values():
            assert json.dumps(value, default=str) not in text
            assert str(value) not in text or len(str(value)) < 3


def test_what_has_not_opened_is_not_in_what_everybody_may_read(tmp_path: Path) -> None:
    folder = course_in(tmp_path, "cnn-foundations", "course-pooling")
    path = folder / "answer_keys" / "cnn-foundations" / "assignment.toml"
    head, questions, rest = path.read_text("utf-8").partition("\n[[questions]]")
    path.write_text(f"{head}\n[assignment.policy]\nopens = 2026-03-02T10:00:00Z\n{questions}{rest}", "utf-8")
    with serving(folder) as served:
        stranger, addresses = served.stranger(), ("/api/v1/openapi.json", "/evaluate/openapi.json")
        for address in addresses:
            text = stranger.get(address).text
            assert "course-pooling" in text
            assert "cnn-foundations" not in text
            assert "dense_shape" not in text
        assert len(served.program("read").get("/api/v1/assignments").json()) == 2
        served.clock.forward(hours=1)
        assert all("cnn-foundations" in stranger.get(address).text for address in addresses)


def test_a_course_that_has_not_opened_has_a_valid_document(tmp_path: Path) -> None:
    path = course_in(tmp_path) / "answer_keys" / "cnn-foundations" / "assignment.toml"
    head, questions, rest = path.read_text("utf-8").partition("\n[[questions]]")
    path.write_text(f"{head}\n[assignment.policy]\nopens = 2027-01-01T00:00:00Z\n{questions}{rest}", "utf-8")
    with serving(tmp_path) as served:
        document = served.stranger().get("/api/v1/openapi.json").json()
    [query, *_] = document["paths"]["/api/v1/results"]["get"]["parameters"]
    Draft202012Validator.check_schema(query["schema"])
    assert query["schema"] == {"type": "string"}
