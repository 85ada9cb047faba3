"""The registry of operations: each is declared once, at its definition; anything that lists operations reads it here.

An operation is a plain function under `@operation`. A gradient is a function of the gradient that arrives from above
and of the operation's checked call; `@gradient` gives it the operation's arguments, docstring and checks.

A command that needs five operations imports five modules, not fifty: a module is imported when a name that it seems to
declare is looked up, all of them for a listing.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

from numpy.typing import ArrayLike

from grader.core.support.inputs import Array, gradient_like

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])

TOPICS = {
    "convolution": "Convolutions and their relatives",
    "pooling": "Pooling, over windows and over whole maps",
    "resampling": "Padding, resizing and rearranging",
    "linear": "The fully connected layer",
    "activation": "Activations",
    "normalization": "Normalisations",
    "attention": "Attention",
    "recurrent": "Recurrent cells, one step each",
    "loss": "Losses",
    "optimizer": "Optimizers, one step each, and the steps they consist of",
    "schedule": "Learning-rate schedules",
    "detection": "Boxes",
    "metric": "Metrics",
    "layers": "Layers as data",
    "sizes": "Sizes, counts and initialisation",
}
"""Every topic with its heading, in the order of a course."""


class CheckedCall(Protocol):
    """The checked arguments of one call: whatever an operation and its gradients need, and the output's shape."""

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the operation's output; () for a single number."""


C = TypeVar("C", bound=CheckedCall)


class Operation(NamedTuple):
    """One declared operation.

    `stepped`: its value jumps between whole numbers, or exists only there, so formulas that call it are compared at
    whole numbers only. `gradient_of` is the operation whose gradient this one is, with respect to its `argument`.
    """

    name: str
    topic: str
    function: Callable[..., Any]
    stepped: bool = False
    gradient_of: str | None = None
    argument: str | None = None

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]


_DECLARATION = re.compile(rb"^@\w+\(.*\)\r?\ndef (\w+)\(", re.MULTILINE)


class Modules:
    """The modules of some packages; a subpackage counts as one module, without its contents.

    Where a name is declared is read from the text of the modules (`@...` on one line, `def NAME(` on the next), or
    modules are selected by what their text mentions; without that text all modules are imported.
    """

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


class Registry(Mapping[str, Operation]):
    """Declared operations by name; an incomplete or a second declaration raises ValueError.

    The modules of `packages` declare them: a name's module is imported when the name is looked up. Iteration imports
    them all and goes topic by topic, module by module, each operation followed by its gradients.
    """

    def __init__(self, topics: Mapping[str, str], packages: Sequence[str] = ()) -> None:
        """`topics` are those that a declaration may name, with their headings."""
        self.topics = topics
        self._modules = Modules(packages)
        self._complete = False
        self._entries: dict[str, Operation] = {}

    def _find(self, name: object) -> Operation | None:
        """The operation with a name, after importing its module."""
        if not isinstance(name, str):
            return None
        if name not in self._entries and not self._complete:
            self._modules.import_for(name)
        return self._entries.get(name)

    def _import_all(self) -> None:
        if not self._complete:
            self._modules.import_all()
            self._complete = True

    def __getitem__(self, name: str) -> Operation:
        """The operation with a name."""
        found = self._find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        """All names, topic by topic."""
        return (entry.name for topic in self.topics for entry in self.of_topic(topic))

    def __len__(self) -> int:
        """How many operations are declared."""
        self._import_all()
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        """Whether an operation has this name."""
        return self._find(name) is not None

    def of_topic(self, topic: str) -> list[Operation]:
        """The operations of one topic, module by module, each module's in their order."""
        self._import_all()
        found = [entry for entry in self._entries.values() if entry.topic == topic]
        return sorted(found, key=lambda entry: entry.function.__module__)

    def declares(self, function: Callable[..., Any]) -> Operation | None:
        """The operation that a function was declared as."""
        entry = self._entries.get(function.__name__)
        return entry if entry is not None and entry.function is function else None

    def add(self, entry: Operation) -> None:
        """Register a complete operation.

        Raises ValueError for a name that exists, an unknown topic, and a docstring without a summary, Raises or an
        example.
        """
        if entry.name in self._entries:
            raise ValueError(f"expected one declaration of {entry.name}, received a second one")
        if entry.topic not in self.topics:
            raise ValueError(
                f"expected a topic of {entry.name} among {', '.join(self.topics)}, received {entry.topic!r}"
            )
        _check_docstring(entry)
        self._entries[entry.name] = entry

    def declare(self, *, topic: str, stepped: bool = False) -> Callable[[F], F]:
        """Register the function below, named like the function.

        Raises ValueError for an incomplete declaration: no known topic, or a docstring without summary, Raises or
        example.
        """

        def register(function: F) -> F:
            self.add(Operation(function.__name__, topic, function, stepped))
            return function

        return register


def _check_docstring(entry: Operation) -> None:
    if sys.flags.optimize >= 2:  # python -OO removes all docstrings
        return
    text = (entry.function.__doc__ or "").strip()
    wanted = {
        "a one-line summary that ends with a full stop": text.partition("\n\n")[0].endswith("."),
        "a sentence that starts with Raises": "Raises " in text,
        f"an example that calls {entry.name}": f"{entry.name}(" in text.partition(">>>")[2],
    }
    for what, found in wanted.items():
        if not found:
            raise ValueError(f"expected {what} in the docstring of {entry.name}, received {text[:60]!r}")


OPERATIONS = Registry(TOPICS, ("grader.core.operations", "grader.core.layers"))
"""Every operation of the reference core."""


operation = OPERATIONS.declare


def gradient(
    of: Callable[P, object], checked: Callable[..., C]
) -> Callable[[Callable[[Array, C], R]], Callable[Concatenate[ArrayLike, P], R]]:
    """Declare the function below as `<operation>_grad_<argument>(grad_output, *the operation's own arguments)`.

    `checked` takes all arguments of the operation, in its order, and returns the checked call. The function below is
    given grad_output, checked against the output's shape, and that call. Its docstring says what is special about the
    gradient, as the end of a sentence, and an example; the rest of the docstring is the same for all gradients.

    Raises ValueError for an operation that is not declared, a name that does not follow the rule, and an argument that
    the operation does not have.
    """

    def declare(body: Callable[[Array, C], R]) -> Callable[Concatenate[ArrayLike, P], R]:
        operation, argument = _differentiated(of, body.__name__)
        parameters = list(_signature(of).parameters.values())
        defaults = tuple(each.default for each in parameters if each.default is not each.empty)
        most, least = len(parameters), len(parameters) - len(defaults)

        def differentiate(grad_output: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> R:
            if kwargs or not least <= len(args) <= most:
                bound = _signature(of).bind(*args, **kwargs)
                bound.apply_defaults()
                call = checked(*bound.args)
            else:
                call = checked(*args, *defaults[len(args) - least :])
            return body(gradient_like(grad_output, call.output_shape), call)

        first = inspect.Parameter("grad_output", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation="ArrayLike")
        returned = body.__annotations__.get("return", inspect.Signature.empty)
        differentiate.__signature__ = inspect.Signature([first, *parameters], return_annotation=returned)  # type: ignore[attr-defined]
        differentiate.__name__, differentiate.__qualname__ = body.__name__, body.__qualname__
        differentiate.__module__ = body.__module__
        differentiate.__doc__ = _gradient_docstring(operation.name, argument, body.__doc__ or "")
        OPERATIONS.add(
            Operation(body.__name__, operation.topic, differentiate, operation.stepped, operation.name, argument)
        )
        return differentiate  # type: ignore[return-value] # grad_output has a name, which Concatenate cannot say

    return declare


@cache
def _signature(function: Callable[..., object]) -> inspect.Signature:
    return inspect.signature(function)


def _differentiated(of: Callable[..., object], name: str) -> tuple[Operation, str]:
    """The operation that a gradient belongs to, and the argument that its name must say it is for."""
    operation = OPERATIONS.declares(of)
    if operation is None:
        raise ValueError(f"expected a declared operation before its gradient {name}, received {of.__name__}")
    parameters = _signature(of).parameters
    argument = name.removeprefix(f"{operation.name}_grad_")
    if argument == name or argument not in parameters:
        raise ValueError(
            f"expected a gradient named {operation.name}_grad_ and one of {', '.join(parameters)}, received {name}"
        )
    if any(each.kind is not each.POSITIONAL_OR_KEYWORD for each in parameters.values()):
        raise ValueError(f"expected an operation whose arguments have places and names, received {operation.name}")
    return operation, argument


def _gradient_docstring(operation: str, argument: str, own: str) -> str:
    prose, mark, example = inspect.cleandoc(own).partition(">>>")
    special, _, notes = prose.strip().partition("\n\n")
    ending = f": {special}" if special else "."
    shared = f"grad_output has the shape of the output; the other arguments are those of `{operation}`."
    return "\n\n".join(
        part
        for part in (
            f"Gradient of `{operation}` with respect to its {argument}{ending}",
            f"{shared}\n{notes.strip()}".strip(),
            f"Raises ValueError as `{operation}` does, and for a grad_output of another shape.",
            mark + example,
        )
        if part
    )
