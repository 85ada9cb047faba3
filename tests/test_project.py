"""The files by which people join: what they name is there, and is valid."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping
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
def test_a_folder_imports_only_from_folders_below_it_in_the_architecture(room: str) -> None:
    place = ROOT / "grader" / room
    modules = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    assert modules
    below = {*ROOMS[ROOMS.index(room) :], *BELOW_ALL, "__version__"}
    assert [f"{module.name}: {name}" for module in modules for name in imports(module) if name not in below] == []


PACKAGE = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(path.read_text("utf-8"))
    for path in sorted((ROOT / "grader").rglob("*.py"))
}


def declared(tree: ast.Module) -> Iterator[str]:
    """The classes, type aliases and constants of a module."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def homes() -> dict[str, list[str]]:
    """The modules that declare each name."""
    found: dict[str, list[str]] = {}
    for module, tree in PACKAGE.items():
        for name in set(declared(tree)):
            found.setdefault(name, []).append(module)
    return found


def test_each_class_and_each_type_alias_of_the_package_is_declared_in_one_module() -> None:
    types = {name: modules for name, modules in homes().items() if re.match("_*[A-Z].*[a-z]", name)}
    assert len(types) > 500
    assert {name: modules for name, modules in types.items() if len(modules) > 1} == {}


def test_a_name_that_is_imported_is_declared_in_one_module() -> None:
    found = homes()
    imported = {
        alias.name
        for tree in PACKAGE.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in PACKAGE
        for alias in node.names
        if node.module in found.get(alias.name, ())
    }
    assert {"KINDS", "Array", "Place", "Report", "WrittenShape"} <= imported
    assert {name: found[name] for name in imported if len(found[name]) > 1 and name != "__version__"} == {}


def test_every_folder_of_the_package_is_a_room_of_the_architecture() -> None:
    folders = {path.parent.name for path in (ROOT / "grader").glob("*/__init__.py")}
    assert folders - BELOW_ALL == set(ROOMS) - {"api"}


LONGEST_MODULE = 350
LONGEST_FUNCTION = 50
MOST_MET = 44
"""Modules that somebody reads who follows one wrong answer from its file to the mistake that is named."""


@pytest.mark.parametrize("folder", ["grader", "tests"])
def test_no_module_is_longer_than_one_subject_needs(folder: str) -> None:
    modules = {path: len(path.read_text("utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert modules
    assert {str(path.relative_to(ROOT)): count for path, count in modules.items() if count > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_one_look_takes_in() -> None:
    found = {}
    for path in (ROOT / "grader").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                found[f"{path.relative_to(ROOT)}: {node.name}"] = node.end_lineno - node.lineno + 1
    assert found
    assert {name: count for name, count in found.items() if count > LONGEST_FUNCTION} == {}


def dotted(path: Path) -> str:
    """A module's name as imports write it."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """What of a module is executed, when it is imported or when its functions are called: not what is for types."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield from executed(child)


def imported(path: Path, modules: Collection[str]) -> set[str]:
    """The other modules of this package that a module imports, also within functions."""
    found = set()
    for node in executed(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update([str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)])
    return found & {*modules} - {dotted(path)}


def cycles(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules that are on a cycle or lead to one: those that are left once all others are taken away in turn."""
    left = dict(graph)
    while free := [name for name, found in left.items() if not found & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


def test_no_modules_import_each_other_in_a_circle() -> None:
    paths = {dotted(path): path for path in (ROOT / "grader").rglob("*.py")}
    assert cycles({name: imported(path, paths) for name, path in paths.items()}) == []


def test_a_circle_is_found() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == ["a", "b", "c"]
    assert cycles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_a_wrong_matrix_goes_to_its_mistake_through_few_modules() -> None:
    walk = [sys.executable, str(ROOT / "scripts/walk.py")]
    *modules, total = subprocess.run(walk, capture_output=True, text=True, check=True).stdout.splitlines()
    met = [line.split()[1] for line in modules]
    assert total == f"{len(met)} modules"
    assert {"grader/homework/toml.py", "grader/misconceptions/rules/convolution.py"} <= set(met)
    assert len(met) <= MOST_MET
