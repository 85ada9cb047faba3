"""docs/api.md: every example is run as it stands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.gradebook.folders import ROOT, call
from tests.service.courses import course_in
from tests.service.running import running

TEXT = (ROOT / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"```sh\n(.*?)```(?:\n\n```json\n(.*?)```)?", TEXT, re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_the_examples_do_what_they_say(tmp_path: Path) -> None:
    course_in(tmp_path)
    assert len(EXAMPLES) >= 8
    with running(tmp_path) as (host, port):
        made = call("tokens", "create", "my-program", "--scope", "staff", "--course", str(tmp_path))
        environment = {**os.environ, "SERVICE": f"http://{host}:{port}", "TOKEN": made.stdout.strip().split()[-1]}
        for command, expected in EXAMPLES:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command.replace("curl -s", "curl -sS --fail-with-body")],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=240,
            )
            assert (done.returncode, done.stderr) == (0, ""), f"{command}\n{done.stdout}\n{done.stderr}"
            assert done.stdout, command
            if expected:
                assert json.loads(done.stdout) == json.loads(expected)


def test_the_limits_that_it_names_are_those_that_hold() -> None:
    from grader.service.guard import PATIENCE
    from grader.service.web.site import LIMITS, CourseSite

    assert f"{CourseSite.most_bytes:,} bytes, or took more than {PATIENCE:.0f} seconds" in TEXT
    assert (LIMITS["/api/"].second, LIMITS["/api/v1/preview"].second) == (200, 100)
    assert all(LIMITS[path].burst == 10 * LIMITS[path].second for path in ("/api/", "/api/v1/preview", "/evaluate"))


def test_it_names_every_call() -> None:
    from grader.service.web.app import endpoints

    for endpoint in endpoints():
        if endpoint.spec is not None:
            path = re.sub(r"\{id\}", "1", endpoint.path)
            assert path in TEXT, path
