"""What an answer says about itself, in every kind: that it is the answer, that it is not, that it is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from grader.answers import read_answer
from grader.answers.options import option_from
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError
from tests.answers.tables import first, refused

NUMBER = AnswerSpec("number")
COUNT = AnswerSpec("integer", counts=True)
SHAPE = AnswerSpec("shape", axes=(3,), order="HWC")
PAIR = AnswerSpec("array", 1, axes=(2,))
MATRIX = AnswerSpec("array", 2, axes=(2, 2))
SET = AnswerSpec("set")
VALUES: list[tuple[AnswerSpec, str, str, Any]] = [
    (NUMBER, "0.5", "0.7", 0.5),
    (COUNT, "156", "150", 156),
    (SHAPE, "28x28x6", "24x24x6", [28, 28, 6]),
    (PAIR, "[1, 2]", "[2, 1]", [1, 2]),
    (MATRIX, "[[1, 2], [3, 4]]", "[[1, 2], [3, 5]]", [[1, 2], [3, 4]]),
    (SET, "{0, 2, 5}", "{0, 2, 4}", [0, 2, 5]),
]


def by_kind(*names: str) -> pytest.MarkDecorator:
    """Parametrise by these of spec, value, other and read."""
    at = [("spec", "value", "other", "read").index(name) for name in names]
    rows = [tuple(row[index] for index in at) for row in VALUES]
    return pytest.mark.parametrize(names, rows, ids=[row[0].kind for row in VALUES])


FUNCTIONS = ("ReLU", "sigmoid", "tanh", "softmax")
FORMULA = AnswerSpec("formula", symbols=("n",))


@by_kind("spec", "value")
@pytest.mark.parametrize(
    "form",
    [
        *["not {v}", "it is not {v}", "it isn't {v}", "≠ {v}", "!= {v}", "¬({v})", "anything but {v}", "nicht {v}"],
        *["ليس {v}", "नहीं {v}", "不是{v}", "I don't think it is {v}", "the opposite of {v}", "other than {v}"],
        *["{v} is wrong", "{v} (wrong)", "{v} is incorrect", "{v} falsch", "{v} değil", "{v} نیست", "{v} is not right"],
        *["at least {v}", "at most {v}", "more than {v}", "half of {v}", "twice {v}", "{v} ✗", "❌ {v}", "{v} nope"],
        *["{v} is too big", "{v} (too small)", "a common mistake is {v}", "mistake: {v}"],
    ],
)
def test_a_value_that_is_denied_is_not_the_answer(spec: AnswerSpec, value: str, form: str) -> None:
    refused(form.format(v=value), spec)


@by_kind("spec", "value")
@pytest.mark.parametrize(
    "form",
    [
        *["{v} halved", "{v} doubled", "{v} tripled", "{v} quadrupled", "{v} squared", "{v} cubed", "{v} inverted"],
        *["{v} (halved)", "{v}, doubled", "halved {v}", "doubled: {v}", "{v} verdoppelt", "{v} halbiert"],
        *["{v} backwards", "{v} in reverse order", "{v} (in thousands)", "{v} in millions", "{v} upside down"],
        *["double {v}", "{v} times two", "{v} divided by 2", "{v} negated", "triple {v}", "{v}, then squared"],
    ],
)
def test_a_value_with_which_something_is_still_to_be_done_is_not_the_answer(
    spec: AnswerSpec, value: str, form: str
) -> None:
    refused(form.format(v=value), spec)


@by_kind("spec", "value")
@pytest.mark.parametrize(
    "form",
    [
        *["نصف {v}", "{v} نصف", "دو برابر {v}", "{v} سه برابر", "{v} به توان دو", "جذر {v}", "ریشه {v}", "معکوس {v}"],
        *["ترانهاده {v}", "{v} ترانهاده", "{v} بعلاوه ۱", "{v} منهای ۱", "حداقل {v}", "حداکثر {v}", "کوچکتر از {v}"],
        *["{v} نمی‌شود", "{v} اشتباه است", "{v} غلط", "{v} برعکس", "{v} از آخر به اول", "{v} چرخیده", "به جز {v}"],
        *["غیر از {v}", "مکمل {v}", "لگاریتم {v}", "نه {v}", "{v} ضرب در تعداد کانال", "{v} تقسیم بر ۲"],
        *["{v} au carré", "le double de {v}", "{v} multiplié par le nombre", "l'opposé de {v}", "racine de {v}"],
        *["el doble de {v}", "{v} al cuadrado", "raíz de {v}", "{v} im Quadrat", "doppelt {v}", "Wurzel aus {v}"],
        *["das Doppelte von {v}", "{v} rückwärts", "ohne {v}", "sans {v}", "without {v}", "unlike {v}", "thrice {v}"],
        *["all but {v}", "none of {v}", "a subset of {v}", "{v} mod n"],
    ],
)
def test_words_that_change_a_value_are_known_in_each_language(spec: AnswerSpec, value: str, form: str) -> None:
    refused(form.format(v=value), spec)


@pytest.mark.parametrize(("spec", "value"), [row[:2] for row in VALUES[3:]], ids=["vector", "matrix", "set"])
@pytest.mark.parametrize(
    "form",
    [
        *["√{v}", "{v} thousand", "{v} ≤ x", "{v} hundred", "{v} million"],
        *["{v}, ...", "{v} …", "{v} and so on", "{v}, etc.", "{v} و غیره", "{v} الی آخر", "{v} usw."],
        *[
            "{v}.sum()",
            "{v}.flatten()",
            "{v}.shape",
            "{v} هزار",
            "میانگین {v}",
            "مجموع {v}",
            "x ∉ {v}",
            "⊂ {v}",
            "{v}ᶜ",
        ],
    ],
)
def test_a_list_that_is_not_the_whole_answer_is_asked_about(spec: AnswerSpec, value: str, form: str) -> None:
    refused(form.format(v=value), spec)


@pytest.mark.parametrize("cell", ["1 halved", "نصف 1", "1 اشتباه است", "twice 1", "1 is wrong", "1 in hex"])
def test_each_entry_of_a_list_is_looked_at(cell: str) -> None:
    for spec, raw in ((PAIR, [cell, "2"]), (MATRIX, [["0", cell], ["3", "4"]]), (SET, [cell, "2"])):
        with pytest.raises(UnreadableError):
            read_answer(raw, spec)


@pytest.mark.parametrize(
    "form", ["{v}.tolist()", "{v}.float()", "{v}.cpu()", "{v}.", "میانگین‌ها: {v}", "after pooling: {v}"]
)
def test_what_keeps_a_list_is_no_change(form: str) -> None:
    assert first(form.format(v="[1, 2]"), PAIR) == [1, 2]


@by_kind("spec", "value", "other")
@pytest.mark.parametrize(
    "form",
    [
        "{v} (correction: {o})",
        "{v}, no wait, {o}",
        "{v} EDIT: {o}",
        "{v} => no, {o}",
        "{v} Korrektur: {o}",
        "{v} ({o}?)",
    ],
)
def test_a_value_that_is_taken_back_is_asked_about(spec: AnswerSpec, value: str, other: str, form: str) -> None:
    refused(form.format(v=value, o=other), spec)


@by_kind("spec", "value")
def test_an_answer_that_is_struck_out_whole_is_asked_about(spec: AnswerSpec, value: str) -> None:
    refused(f"~~{value}~~", spec)
    refused("~~B~~", AnswerSpec("choice", choices=FUNCTIONS))


@by_kind("spec", "value", "other", "read")
@pytest.mark.parametrize("form", ["~~{o}~~ {v}", "<s>{o}</s> {v}", "<del>{o}</del> {v}"])
def test_what_is_struck_out_is_not_read(spec: AnswerSpec, value: str, other: str, read: Any, form: str) -> None:
    assert first(form.format(v=value, o=other), spec) == read


@by_kind("spec", "value", "read")
@pytest.mark.parametrize(
    "form",
    [
        *["Answer: {v}", "The answer is {v}", "So the answer is {v}.", "Antwort: {v}", "Réponse : {v}", "پاسخ: {v}"],
        *["پاسخ {v} است", "答案：{v}", "答案是{v}", "Cevap: {v}", "उत्तर: {v}", "الجواب: {v}", "We get {v}", "It's {v}"],
        *["∴ {v}", "⇒ {v}", "Therefore {v}", "{v} ✓", "{v} (final answer)", "{v} [answer]", "my answer is {v}"],
    ],
)
def test_words_that_announce_an_answer_are_dropped(spec: AnswerSpec, value: str, read: Any, form: str) -> None:
    assert first(form.format(v=value), spec) == read


@by_kind("spec", "value", "read")
@pytest.mark.parametrize(
    "form",
    [
        *["{v} because it is valid", "{v}, as in part a", "{v} weil so gerechnet", "{v} car le pas est grand"],
        *["{v} چون گام دو است", "{v} زیرا اندازه نصف می‌شود", "{v}, no padding", "{v} - same padding"],
        *["{v} (no padding)", "{v} – valid convolution", "{v} if padding is zero", "{v} for large strides"],
    ],
)
def test_a_reason_behind_an_answer_is_dropped(spec: AnswerSpec, value: str, read: Any, form: str) -> None:
    assert first(form.format(v=value), spec) == read


@pytest.mark.parametrize(
    ("written", "spec"),
    [
        *[("[1, 2] for x, [3, 4] for y", PAIR), ("[1, 2] if p = 1, otherwise [2, 1]", PAIR)],
        *[
            ("[1, 2] for every filter, so times 6", PAIR),
            ("7x7 for 64 groups", SHAPE),
            ("[1, 2] because not [2, 1]", PAIR),
        ],
    ],
)
def test_a_reason_that_says_more_is_not_dropped(written: str, spec: AnswerSpec) -> None:
    refused(written, spec)


@pytest.mark.parametrize(
    "form", ["Answer: {}", "Ergebnis: {}", "I get {}", "∴ {}", "Cevap: {}", "उत्तर: {}", "{} [answer]"]
)
def test_words_that_announce_a_formula_or_an_option(form: str) -> None:
    formula = read_answer(form.format("n^2"), FORMULA).value
    assert formula.evaluate({"n": 7}) == 49  # type: ignore[union-attr]
    assert read_answer(form.format("B"), AnswerSpec("choice", choices=FUNCTIONS)).value == "sigmoid"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        *[("156 in hex", "expected a decimal number"), ("hex 156", "expected a decimal number")],
        *[("156 (binary)", "expected a decimal number"), ("10011100 in binary", "expected a decimal number")],
        *[("9C in hex", "expected a decimal number"), ("156 base 16", "expected a decimal number")],
        *[("0.5 (up to sign)", "expected the values themselves"), ("0.5 mod 1", "expected the values themselves")],
        *[("156 times the number of layers", "expected the values themselves")],
        *[
            ("156 x batch size", "expected the values themselves"),
            ("156 * the batch", "expected the values themselves"),
        ],
        *[("جذر 0.5", "expected the values themselves"), ("doppelt 0.5", "expected the values themselves")],
        *[("به جز 0.5", "expected an answer"), ("sauf 0.5", "expected an answer")],
        *[("0.5 halved", "expected the values themselves"), ("0.5x + 1", "expected a number")],
        *[("y = 0.5x + 1", "expected a number"), ("2 x - 3", "expected a number")],
        *[("0.5 (0.7?)", "expected one answer"), ("0.5 is wrong", "expected an answer")],
    ],
)
def test_the_true_reason_is_named(written: str, reason: str) -> None:
    refused(written, NUMBER, reason)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[("14 (not 13)", 14), ("156 (decimal)", 156), ("7 (not counting padding)", 7)],
        *[("28 (the input is halved)", 28), ("14 - same padding", 14), ("14 - padding", 14), ("2x3", 6)],
        *[
            ("14 (28 halved)", 14),
            ("14 (= 28 halved)", 14),
            ("156 model parameters", 156),
            ("14 (halved by pooling)", 14),
        ],
        *[
            ("14, because 28 halved", 14),
            ("156 (78 doubled).", 156),
            ("28 x 28 filters", 784),
            ("6 (in 2 dimensions)", 6),
        ],
        *[("3 x smaller", 3), ("156 million", 156_000_000)],
        *[("0 (not learned)", 0), ("0, it does not have weights", 0), ("156 (bias not counted)", 156)],
    ],
)
def test_a_denial_of_something_else_changes_nothing(written: str, value: int) -> None:
    assert first(written, COUNT) == value


@pytest.mark.parametrize(
    "written", ["1 - sigmoid", "1 - sigmoid(x)", "1 - beta", "1 - rate", "0.9 - momentum", "1 - ReLU"]
)
def test_what_is_subtracted_is_no_remark_behind_a_dash(written: str) -> None:
    refused(written, NUMBER)


@pytest.mark.parametrize(
    "written",
    [
        *["!= sigmoid", "≠ B", "< sigmoid", "at least sigmoid", "sigmoid değil", "ليس sigmoid", "नहीं sigmoid"],
        *["the opposite of sigmoid", "twice sigmoid", "hard sigmoid", "log-sigmoid", "sigmoid-like", "leaky relu"],
        *["derivative of sigmoid", "inverse sigmoid", "sigmoid falsch", "B, no wait, C", "B. Edit: C", "B != C"],
        *["tanh - no, sigmoid", "sigmoid, no wait, tanh", "C. Edit: B", "sigmoid, no", "sigmoid ✗", "✗ sigmoid"],
        *[
            "نه sigmoid",
            "sigmoid نه",
            "sigmoid نیست",
            "به جز sigmoid",
            "غیر از sigmoid",
            "sigmoid غلط است",
            "شاید sigmoid",
        ],
        *["sigmoid اشتباه است", "sigmoid نمی‌شود", "معکوس sigmoid", "rarely sigmoid", "sigmoid فقط اگر"],
        *["[ ] sigmoid", "☐ sigmoid", "( ) sigmoid", "sigmoid^-1", "B tanh", "B/tanh", "B and tanh"],
    ],
)
def test_an_option_that_is_denied_changed_or_taken_back(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, FUNCTIONS)


@pytest.mark.parametrize(
    "written",
    [
        *["sigmoid", "sigmoid, not tanh", "sigmoid, no bias needed", "B, no doubt", "the sigmoid", "B. sigmoid"],
        *["[x] sigmoid", "sigmoid درست است", "گزینه‌ی ب", "گزینهٔ B", "مورد B", "جواب می‌شود B", "sigmoid، چون نرم است"],
    ],
)
def test_an_option_with_a_word_of_denial_behind_it(written: str) -> None:
    assert option_from(written, FUNCTIONS) == "sigmoid"


@pytest.mark.parametrize("written", ["28 is incorrect", "anything but 28", "!= 28", "28 değil", "ليس 28", "28 falsch"])
def test_an_option_that_is_a_number_and_denied(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, ("27", "28", "32"))


@pytest.mark.parametrize(
    ("written", "spec", "value"),
    [
        *[("eksi 0,5", NUMBER, -0.5), ("سالب 0.5", NUMBER, -0.5), ("ऋण 0.5", NUMBER, -0.5), ("yüzde 50", NUMBER, 0.5)],
        *[("百分之28", AnswerSpec("number", unit="%"), 28), ("iki", COUNT, 2), ("दो", COUNT, 2), ("yok", COUNT, 0)],
        *[("parametre yok", COUNT, 0), ("कोई नहीं", COUNT, 0), ("it has none", COUNT, 0), ("sıfır", COUNT, 0)],
    ],
)
def test_words_of_more_languages(written: str, spec: AnswerSpec, value: float) -> None:
    assert first(written, spec) == value


@pytest.mark.parametrize(
    "written", ["bilmiyorum", "मुझे नहीं पता", "ran out of time", "keine Zeit", "没时间", "süre yetmedi"]
)
def test_no_answer_in_more_languages(written: str) -> None:
    assert read_answer(written, NUMBER).blank
