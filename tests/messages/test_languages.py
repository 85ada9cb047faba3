"""A language is a row and a catalogue: a made-up one is spoken, chosen, set in a page and checked for completeness."""

from __future__ import annotations

import typing
from decimal import Decimal
from pathlib import Path

import pytest

from grader.messages import Sentence, languages, sentence
from grader.messages.languages import ENGLISH, LANGUAGES, Language, by_code, right_to_left
from scripts import catalogue

GERMAN = Language("de", "German", decimal_point=",", thousands=".", quotes=("„", "“"))


class Translations:
    """A catalogue of two sentences."""

    KNOWN: typing.ClassVar = {
        "{count:,} of {total} at {share} in {name!r}": "{count:,} von {total} bei {share} in {name!r}",
        "read": "gelesen",
    }

    def gettext(self, english: str) -> str:
        return self.KNOWN.get(english, english)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Language:
    monkeypatch.setattr(languages, "_translations", lambda _: Translations())
    return GERMAN


def test_a_language_that_runs_from_left_to_right_has_its_own_numbers_and_quotes(german: Language) -> None:
    said = sentence(
        "{count:,} of {total} at {share} in {name!r}", count=1234, total=5, share=Decimal("0.25"), name="d(k-1)"
    )
    assert german(said) == "1.234 von 5 bei 0,25 in „d(k-1)“"
    assert str(said) == "1,234 of 5 at 0.25 in 'd(k-1)'"


def test_sentences_inside_sentences_are_translated_too(german: Language) -> None:
    assert german(sentence("{said}", said=sentence("read"))) == "gelesen"


def test_a_template_without_fields_is_taken_literally(german: Language) -> None:
    assert german(Sentence("a {brace}")) == ENGLISH(Sentence("a {brace}")) == "a {brace}"


def test_direction_is_the_rows() -> None:
    assert [code for code, language in LANGUAGES.items() if right_to_left(language)] == ["fa"]
    assert not right_to_left(str)
    assert not right_to_left(GERMAN)


@pytest.mark.parametrize(
    "row",
    [
        {"code": "Persian", "name": "Persian"},
        {"code": "fa", "name": ""},
        {"code": "fa", "name": "Persian", "digits": "012345678"},
        {"code": "fa", "name": "Persian", "digits": "0123456788"},
        {"code": "fa", "name": "Persian", "decimal_point": ""},
        {"code": "fa", "name": "Persian", "comma": ""},
        {"code": "fa", "name": "Persian", "direction": "left"},
    ],
)
def test_an_incomplete_row_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Language(**row)  # type: ignore[arg-type]


def test_two_rows_with_one_code_are_refused() -> None:
    with pytest.raises(ValueError, match="two languages have the code 'de'"):
        by_code(Language("en", "English"), Language("de", "German"), Language("de", "Deutsch"))


def test_a_catalogue_without_a_row_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    monkeypatch.setattr(catalogue, "CATALOGUES", tmp_path)
    with pytest.raises(SystemExit, match="xx: add the language's row"):
        catalogue.translated_languages()


def test_a_row_without_a_catalogue_is_red(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "LANGUAGES", {"en": ENGLISH, "de": GERMAN})
    monkeypatch.setattr(catalogue, "CATALOGUES", tmp_path)
    assert catalogue.main(["--check"]) == 1
    assert "not translated into German: correct\n" in capsys.readouterr().out
