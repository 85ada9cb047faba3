"""The modules of a registry: one is imported when a name that it seems to declare is looked up, all for a listing.

A command that needs five operations imports five modules, not fifty. Where a name is declared is read from the text of
the modules (`@...` on one line, `def NAME(` on the next), or modules are selected by what their text mentions;
without that text all modules are imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path

_DECLARATION = re.compile(rb"^@\w+\(.*\)\r?\ndef (\w+)\(", re.MULTILINE)


class Modules:
    """The modules of some packages; a subpackage counts as one module, without its contents."""

    def __init__(self, packages: Sequence[str]) -> None:
        """`packages` are full names; nothing is imported yet."""
        self.packages = packages

    def _files(self) -> Iterator[tuple[str, Path]]:
        for package in self.packages:
            for folder in import_module(package).__path__:
                for file in sorted(Path(folder).glob("[!_]*.py")):
                    yield f"{package}.{file.stem}", file
                for file in sorted(Path(folder).glob("*/__init__.py")):
                    yield f"{package}.{file.parent.name}", file

    @cached_property
    def texts(self) -> Mapping[str, bytes]:
        """The text of each module."""
        return {module: file.read_bytes() for module, file in self._files()}

    @cached_property
    def declared(self) -> Mapping[str, str]:
        """The module in which each name is declared."""
        return {name.decode(): module for module, text in self.texts.items() for name in _DECLARATION.findall(text)}

    def import_for(self, name: str) -> None:
        """Import the module that declares a name, if there is one."""
        if not self.declared:
            self.import_all()
        elif name in self.declared:
            import_module(self.declared[name])

    def import_mentioning(self, words: Sequence[str]) -> None:
        """Import the modules whose text holds one of the words."""
        if not self.texts:
            self.import_all()
        wanted = [word.encode() for word in words]
        for module, text in self.texts.items():
            if any(word in text for word in wanted):
                import_module(module)

    def import_all(self) -> None:
        """Import every module."""
        from pkgutil import iter_modules

        for package in self.packages:
            for module in iter_modules(import_module(package).__path__, f"{package}."):
                import_module(module.name)
