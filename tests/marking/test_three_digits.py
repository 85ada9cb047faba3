"""A student who rounds every step to three digits and does everything right gets everything right.

Small networks are drawn; the student is an independent judge: plain loops over Python floats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from grader.marking.question import AttemptMarker
from tests.marking.homework import assignment, parts, said

Matrix = list[list[float]]

ASSIGNMENT = """
[questions.given]
X = {x}
F = {f}
t = {t}
[questions.compute]
O = "conv2d(X, F, stride=({s0}, {s1}), padding=({p0}, {p1}))"
R = "relu(O)"
P = "max_pool2d(R, 2, stride=1)"
Z = "global_avg_pool(P)"
loss = "0.5 * (Z - t) ** 2"
dZ = "Z - t"
dP = "global_avg_pool_grad_input(dZ, P)"
dR = "max_pool2d_grad_input(dP, R, 2, stride=1)"
dO = "relu_grad_input(dR, O)"
dF = "conv2d_grad_weight(dO, X, F, stride=({s0}, {s1}), padding=({p0}, {p1}))"
dX = "conv2d_grad_input(dO, X, F, stride=({s0}, {s1}), padding=({p0}, {p1}))"
[questions.parts]
O = 1
P = 1
Z = 1
loss = 1
dZ = 1
dP = 1
dO = 1
dF = 1
dX = 1
"""


@dataclass
class Net:
    x: Matrix
    f: Matrix
    t: float
    stride: tuple[int, int]
    padding: tuple[int, int]

    def text(self) -> str:
        (s0, s1), (p0, p1) = self.stride, self.padding
        return ASSIGNMENT.format(x=self.x, f=self.f, t=self.t, s0=s0, s1=s1, p0=p0, p1=p1)

    def taps(self, rows: int, columns: int) -> list[tuple[int, int, int, int, int, int]]:
        """Output cell, kernel cell and image cell of every product that is not with padding."""
        found = []
        for i in range(rows):
            for j in range(columns):
                for u in range(len(self.f)):
                    for v in range(len(self.f[0])):
                        a = i * self.stride[0] + u - self.padding[0]
                        b = j * self.stride[1] + v - self.padding[1]
                        if 0 <= a < len(self.x) and 0 <= b < len(self.x[0]):
                            found.append((i, j, u, v, a, b))
        return found

    def size(self) -> tuple[int, int]:
        return tuple(  # type: ignore[return-value]
            (image + 2 * pad - kernel) // step + 1
            for image, kernel, step, pad in zip(
                (len(self.x), len(self.x[0])), (len(self.f), len(self.f[0])), self.stride, self.padding, strict=True
            )
        )


def blank(like: Matrix | tuple[int, int]) -> Matrix:
    rows, columns = like if isinstance(like, tuple) else (len(like), len(like[0]))
    return [[0.0] * columns for _ in range(rows)]


def student(net: Net, written: Callable[[float], str], onward: bool) -> dict[str, Any]:
    """Every step as written; the next is computed from what was written (`onward`), or from the full number."""
    answers: dict[str, Any] = {}

    def note(name: str, value: Any) -> Any:
        if isinstance(value, list):
            answers[name] = [[written(cell) for cell in row] for row in value]
            return [[float(cell) for cell in row] for row in answers[name]] if onward else value
        answers[name] = written(value)
        return float(answers[name]) if onward else value

    rows, columns = net.size()
    o = blank((rows, columns))
    taps = net.taps(rows, columns)
    for i, j, u, v, a, b in taps:
        o[i][j] += net.x[a][b] * net.f[u][v]
    o = note("O", o)
    r = [[max(cell, 0.0) for cell in row] for row in o]
    windows = {
        (i, j): max((r[i + u][j + v], -u, -v) for u in (0, 1) for v in (0, 1))
        for i in range(rows - 1)
        for j in range(columns - 1)
    }
    p = note("P", [[windows[i, j][0] for j in range(columns - 1)] for i in range(rows - 1)])
    count = (rows - 1) * (columns - 1)
    z = note("Z", sum(map(sum, p)) / count)
    note("loss", (z - net.t) ** 2 / 2)
    dz = note("dZ", z - net.t)
    dp = note("dP", [[dz / count for _ in row] for row in p])
    dr = blank(o)
    for (i, j), (_, u, v) in windows.items():
        dr[i - u][j - v] += dp[i][j]
    do = note(
        "dO", [[d if cell > 0 else 0.0 for d, cell in zip(*pair, strict=True)] for pair in zip(dr, o, strict=True)]
    )
    df, dx = blank(net.f), blank(net.x)
    for i, j, u, v, a, b in taps:
        df[u][v] += do[i][j] * net.x[a][b]
        dx[a][b] += do[i][j] * net.f[u][v]
    note("dF", df)
    note("dX", dx)
    return answers


def three_digits(value: float) -> str:
    """With a power of ten: 200 alone would be written to one digit."""
    return f"{value:.2e}"


def three_decimals(value: float) -> str:
    return f"{value:.3f}"


def numbers(rows: int, columns: int) -> st.SearchStrategy[Matrix]:
    cell = st.integers(-999, 999).map(lambda thousandths: thousandths / 101)
    return st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=rows, max_size=rows)


@st.composite
def nets(draw: st.DrawFn) -> Net:
    height = draw(st.integers(5, 7))
    width = draw(st.integers(5, 8).filter(lambda size: size != height))
    kernel = draw(st.sampled_from([(2, 3), (3, 2), (1, 2), (2, 1)]))
    stride = draw(st.sampled_from([(1, 1), (1, 2), (2, 1)]))
    padding = draw(st.sampled_from([(0, 0), (1, 0), (0, 1)]))
    target = draw(st.integers(-300, 300)) / 7
    net = Net(draw(numbers(height, width)), draw(numbers(*kernel)), target, stride, padding)
    assume(min(net.size()) >= 2 and net.size()[0] != net.size()[1])
    return net


def toml(answers: dict[str, Any]) -> str:
    def one(value: Any) -> str:
        return "[" + ", ".join(map(one, value)) + "]" if isinstance(value, list) else value

    return "\n".join(f"{name} = {one(value)}" for name, value in answers.items())


def full(value: float) -> str:
    return repr(value)


def check(net: Net, written: Callable[[float], str], onward: bool) -> None:
    found = parts(assignment(net.text()), toml(student(net, written, onward)))
    failed = {name: (part.verdict, said(part)) for name, part in found.items() if part.verdict != "correct"}
    assert not failed
    assert all(part.score == part.max_score for part in found.values())


BRIEF = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


@pytest.mark.parametrize("onward", [True, False], ids=["from the rounded", "from the full"])
@BRIEF
@given(net=nets())
def test_three_digits_cost_nothing(net: Net, onward: bool) -> None:
    check(net, three_digits, onward)


@pytest.mark.parametrize("onward", [True, False], ids=["from the rounded", "from the full"])
@BRIEF
@given(net=nets())
def test_three_decimals_cost_nothing(net: Net, onward: bool) -> None:
    for value in student(net, full, False).values():
        # below 0.1, three decimals are fewer than three digits; an array counts by its longest entry
        cells = [abs(float(cell)) for row in value for cell in row] if isinstance(value, list) else [abs(float(value))]
        assume(max(cells) > 0.11)
        assume(all(cell == 0 or cell > 0.0005 for cell in cells))  # 0.000 is right only for 0: no digit is left
    check(net, three_decimals, onward)


@settings(max_examples=10, deadline=None)
@given(net=nets())
def test_two_digits_are_too_few(net: Net) -> None:
    """The judge can say no: cells that two digits move by more than a millionth are not right."""
    answers, exact = student(net, lambda value: f"{value:.1e}", True), student(net, full, False)
    pairs = [pair for rows in zip(answers["O"], exact["O"], strict=True) for pair in zip(*rows, strict=True)]
    wrong = sum(abs(float(answer) - float(right)) > 1e-6 * abs(float(right)) for answer, right in pairs)
    alone = net.text().split("[questions.parts]")[0] + "[questions.parts]\nO = 1\n"
    entries = parts(assignment(alone), toml({"O": answers["O"]}))["O"].entries
    assert entries is not None
    assert len(entries.wrong) == wrong


def test_without_the_rule_for_rounded_steps_this_turns_red(monkeypatch: pytest.MonkeyPatch) -> None:
    net = Net(
        [[7.1, -3.3, 2.7, 4.9, 1.3], [0.7, 8.9, -6.1, 3.7, 2.9], [5.3, 1.9, 4.1, -2.3, 6.7], [3.1, 2.2, 9.7, 0.3, 1.7]],
        [[1.37, -0.59], [0.83, 2.11]],
        17.27,
        (1, 1),
        (0, 0),
    )
    answers = toml(student(net, three_digits, True))
    assert {part.verdict for part in parts(assignment(net.text()), answers).values()} == {"correct"}
    monkeypatch.setattr(AttemptMarker, "_rounded", lambda *_: None)
    assert {part.verdict for part in parts(assignment(net.text()), answers).values()} != {"correct"}
