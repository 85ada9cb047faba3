"""schemathesis against a course that is served in this process: what it finds to differ from an OpenAPI document."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import Any

from tests.service.courses import ADDRESS, Served


def violations(
    served: Served, document: dict[str, Any], token: str, examples: int
) -> tuple[list[str], Counter[tuple[str, str, int]]]:
    """What differs, in one text each; and how often each operation answered with each status."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis
        from schemathesis import engine

        schema = schemathesis.openapi.from_dict(document)
        schema.app = served.app
        schema.config.base_url = ADDRESS + (document.get("x-base") or "")
        schema.config.headers = {"Authorization": token}
        generation = schema.config.generation
        generation.max_examples, generation.deterministic, generation.database = examples, True, "none"
        found: list[str] = []
        answered: Counter[tuple[str, str, int]] = Counter()
        for event in engine.from_schema(schema).execute():
            kind = type(event).__name__
            if kind == "ScenarioFinished":
                _look(event.recorder, found, answered)
            elif "Error" in kind:
                found.append(f"{kind}: {getattr(event, 'info', None) or getattr(event, 'value', None)}")
    return found, answered


def _look(recorder: Any, found: list[str], answered: Counter[tuple[str, str, int]]) -> None:
    for checks in recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                found.append(f"{check.name}: {failure.operation}: {failure.message}\n{check.failure_info.code_sample}")
    for one in recorder.interactions.values():
        if one.response is not None:
            path = one.request.uri.removeprefix(ADDRESS).partition("?")[0]
            answered[one.request.method, path, one.response.status_code] += 1


def unlimited(served: Served) -> None:
    """Let anybody ask as often as they want."""
    from grader.service.web.limits import Limiter, Rate

    most = Rate(1e9, 10**9)
    served.site._limiters = {"": Limiter(most)}
    served.site._strangers = Limiter(most)
    served.site._guesses = Limiter(most)
