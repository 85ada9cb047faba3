"""The files by which people join: what they name is there, and is valid."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import __version__

ROOT = Path(__file__).resolve().parents[1]
GUIDES = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/service.md")
# A path of this repository in code marks: below one of its folders, with no placeholder in it.
PLACE = re.compile(r"`((?:grader|tests|scripts|benchmarks|docs|schemas)/[\w./-]*|\.ci/run)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@pytest.mark.parametrize("guide", GUIDES)
def test_every_path_that_a_guide_names_is_there(guide: str) -> None:
    text = (ROOT / guide).read_text("utf-8")
    named = [*PLACE.findall(text), *(str(Path(guide).parent / link) for link in LINK.findall(text))]
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_changelog_has_the_version_and_what_is_unreleased_above_it() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert __version__ in headings


def test_the_licence_is_packed_and_is_the_one_that_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License\n")
    packed = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert [name for name in packed if not (ROOT / name).exists()] == []
    assert {"LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"} <= set(packed)


ROOMS = re.findall(r"^\| `grader/(\w+)", (ROOT / "docs/architecture.md").read_text("utf-8"), re.MULTILINE)
BELOW_ALL = {"messages", "errors", "structs", "patterns", "registries", "collecting"}


def imports(path: Path) -> Iterator[str]:
    """The rooms of this package from which a module imports, also within functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "grader":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader."):
            yield str(node.module).split(".")[1]


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_up_the_list_of_rooms_in_the_architecture(room: str) -> None:
    place = ROOT / "grader" / room
    modules = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    assert modules
    below = {*ROOMS[ROOMS.index(room) :], *BELOW_ALL, "__version__"}
    assert [f"{module.name}: {name}" for module in modules for name in imports(module) if name not in below] == []


def test_every_folder_of_the_package_is_a_room_of_the_architecture() -> None:
    folders = {path.parent.name for path in (ROOT / "grader").glob("*/__init__.py")}
    assert folders - BELOW_ALL == set(ROOMS) - {"api"}
