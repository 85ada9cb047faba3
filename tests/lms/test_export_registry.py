"""The registry of export formats: a format is one class in one module, and one that lacks something is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import run
from grader.lms import exporter, formats
from grader.lms.exporter import Exporter, register
from grader.lms.formats.plain_csv import PlainExporter
from tests.gradebook.folders import grade, submission, write

TOY = """
from grader.lms.exporter import Export, Exporter, Request, register


@register
class ToyExporter(Exporter):
    name = "toy"
    about = "students, one a line"
    then = "read it"
    file_name = "{assignment}-toy.csv"
    takes_roster = False

    def export(self, request: Request) -> Export:
        return Export.of_table([one.student] for one in request.results.records())
"""


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exporter]:
    """A registry of one's own, with what is in the real one."""
    own = dict(exporter.REGISTERED_EXPORTERS)
    monkeypatch.setattr(exporter, "REGISTERED_EXPORTERS", own)
    return own


def made(**attributes: Any) -> type[Exporter]:
    whole = {
        "name": "toy",
        "about": "a toy",
        "then": "look",
        "file_name": "{assignment}-toy",
        "takes_roster": False,
        "export": PlainExporter.export,
    }
    kept = {name: value for name, value in {**whole, **attributes}.items() if value is not None}
    return type("Toy", (Exporter,), kept)


@pytest.mark.parametrize("lacking", ["name", "about", "then", "file_name", "takes_roster", "export"])
def test_an_exporter_that_lacks_something_is_refused(lacking: str, registered: dict[str, Exporter]) -> None:
    with pytest.raises(TypeError, match=f"Toy cannot be registered: it lacks {lacking}$"):
        register(made(**{lacking: None}))
    assert "toy" not in registered


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"name": "canvas"}, "two exporters are called 'canvas'"),
        ({"name": "To y"}, "expected a name of lower-case letters"),
        ({"about": " "}, "expected a description"),
        ({"then": ""}, "expected a description"),
        ({"file_name": "toy.csv"}, "{assignment} in the file name"),
    ],
)
def test_an_exporter_that_says_nothing_or_takes_a_name_is_refused(
    attributes: dict[str, str], said: str, registered: dict[str, Exporter]
) -> None:
    with pytest.raises(ValueError, match=said):
        register(made(**attributes))
    assert set(registered) == set(formats.EXPORTERS)


def test_a_whole_one_is_registered(registered: dict[str, Exporter]) -> None:
    register(made())
    assert registered["toy"].about == "a toy"


def test_every_module_of_the_package_registers_one_exporter() -> None:
    folder = Path(str(formats.__file__)).parent
    modules = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
    assert sorted(type(each).__module__.rpartition(".")[2] for each in formats.EXPORTERS.values()) == sorted(modules)
    assert len(modules) == 6


def test_a_new_format_is_one_file(tmp_path: Path) -> None:
    """In a copy of the program, so that the command finds the module where every format lies."""
    package = Path(str(formats.__file__)).parents[2]
    shutil.copytree(package, tmp_path / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    write(tmp_path / "grader" / "lms" / "formats" / "toy.py", TOY)
    write(tmp_path / "in" / "a.toml", submission("ada"))
    grade(tmp_path / "in", tmp_path / "out")

    def call(*arguments: str) -> str:
        program = [sys.executable, "-m", "grader", "export", *arguments]
        return subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=240).stdout

    assert "toy: students, one a line" in " ".join(call("--help").split())
    assert str(Path("exports", "cnn-foundations-toy.csv")) in call("toy", "out")
    assert (tmp_path / "out" / "exports" / "cnn-foundations-toy.csv").read_text("utf-8") == "ada\n"


def test_the_help_names_every_format(capsys: Any) -> None:
    assert run(["export", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for name, each in formats.EXPORTERS.items():
        assert f"{name}: {each.about}" in said
