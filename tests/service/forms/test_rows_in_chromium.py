"""The rows of a layer table in a real browser: by keyboard, in two windows, beside a text that is pasted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.homework.files import read_submission
from grader.service.forms.fields import Written
from tests.gradebook.folders import call
from tests.reports.chromium import browser, follow
from tests.service.courses import course_in
from tests.service.forms.paper import Paper
from tests.service.forms.test_hand_in_in_chromium import SAVED, assert_calm, field, opened, reading, shown, state
from tests.service.forms.test_rows import KERAS
from tests.service.in_chromium import assert_calm as assert_served_calm
from tests.service.in_chromium import online, signed_in

SHAPES = ["27 x 27 x 6", "13*13*6", "", "4,4,16", "256", "(None, 120)", "84", "10"]
PARAMS = ["156", "0", "2416", "0", "", "30 840", "10164", "850"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


def cells(page: Any, name: str) -> list[str]:
    return [one.input_value() for one in page.locator(f'[data-part="{name}"] .rows input').all()]


def tab_to(page: Any, id: str) -> None:
    for _ in range(80):
        if page.evaluate("document.activeElement.id || document.activeElement.value || ''") == id:
            return
        page.keyboard.press("Tab")
    raise AssertionError(id)


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("fa", 360)])
def test_rows_filled_in_by_keyboard_alone_earn_what_check_gives_the_file(
    chromium: Any, tmp_path: Path, lang: str, width: int
) -> None:
    with online(course_in(tmp_path / "course", "course-lenet"), lang=lang) as served:
        seen = signed_in(chromium, served.link("student-01"), width)
        page = seen.page
        page.goto(f"{served.address}/work/course-lenet")
        for name, texts, key in (("table.shapes", SHAPES, "Enter"), ("table.params", PARAMS, "Tab")):
            tab_to(page, f"{name}.row.1")
            for at, text in enumerate(texts, 1):
                assert page.evaluate("document.activeElement.id") == f"{name}.row.{at}"
                page.keyboard.type(text)
                if at < len(texts):
                    page.keyboard.press(key)
        page.wait_for_function(
            "() => document.getElementById('table.params.reading').querySelectorAll('tr').length == 8"
        )
        rows = page.locator("[id='table.shapes.reading'] tr")
        assert ["".join(one.inner_text().split()) for one in rows.all()[:2]] == [
            "1C127×27×6" if lang == "en" else "۱C127×27×6",
            "2S213×13×6" if lang == "en" else "۲S213×13×6",
        ]
        assert seen.run(
            "[...document.querySelectorAll('.table input')].every(e => getComputedStyle(e).direction == 'ltr')"
        )
        assert seen.run("document.querySelectorAll('.table input')[0].labels[0].innerText").split()[-1] == "C1"
        assert_served_calm(seen, served.address)
        for button in ("check", "hand-in"):
            tab_to(page, button)
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert_served_calm(seen, served.address)
        staff = served.program("staff")
        file = tmp_path / "downloaded.toml"
        file.write_bytes(page.request.get(page.locator("a[download]").evaluate("link => link.href")).body())
        report = staff.get("/api/v1/submissions/1/report").json()
        checked = call("check", file, "--keys", served.folder / "answer_keys", "--format", "json", "--lang", lang)
        assert report == json.loads(checked.stdout)
        entries = {part["id"]: part["entries"] for part in report["questions"][0]["parts"]}
        assert (entries["shapes"]["wrong"], entries["params"]["wrong"]) == ([[2]], [[4]])
    answers = read_submission(file.read_bytes(), "x").answers["table"]
    assert answers["shapes"] == "\n".join(text or "-" for text in SHAPES)
    assert answers["params"] == "\n".join(text or "?" for text in PARAMS)


def test_rows_are_added_where_nobody_says_how_many_there_are(chromium: Any) -> None:
    paper = Paper("cnn-pooling-capsules", "fa")
    name = next(name for name, part in paper.form.parts.items() if part.spec.kind == "shapes")
    with shown(chromium, paper, 360) as (seen, url):
        page = seen.page
        box = page.locator(f'[data-part="{name}"]')
        box.locator(".rows input").first.focus()
        for size in range(1, 9):
            page.keyboard.type(f"{size}, {size}, 3")
            page.keyboard.press("Enter")
        assert cells(page, name) == [*(f"{size}, {size}, 3" for size in range(1, 9)), ""]
        assert box.locator(".rows label").last.inner_text().split()[-1] == "۹"
        assert field(page, name).input_value() == "\n".join(f"{size}, {size}, 3" for size in range(1, 9))
        box.locator("button.grid-button").click()
        assert len(cells(page, name)) == 10
        assert page.evaluate("document.activeElement.id") == f"{name}.row.10"
        page.wait_for_function(
            "name => document.getElementById(`${name}.reading`).querySelectorAll('tr').length == 8", arg=name
        )
        assert_calm(seen, url)
        for input in box.locator(".rows input").all()[1:]:
            input.fill("")
        assert field(page, name).input_value() == "(1, 1, 3)"
        box.locator(".rows input").first.fill("")
        assert field(page, name).input_value() == ""


def test_a_text_is_laid_into_the_rows_and_not_written_over_before(chromium: Any) -> None:
    paper = Paper("course-lenet", "en")
    summary = KERAS.replace("dense_2 (Dense)", "flatten\nconv\ndense_2 (Dense)")
    name = "table.shapes"
    with shown(chromium, paper) as (seen, url):
        page = seen.page
        box = page.locator(f'[data-part="{name}"]')
        held: list[Any] = []
        page.route("**/preview", lambda route: held.append(route))
        with page.expect_request("**/preview"):
            field(page, name).fill("1x2\n3\n4\n5\n6\n7\n8\n9")
        first = box.locator(".rows input").first
        assert not first.is_editable()
        assert cells(page, name) == [""] * 8
        held.pop().continue_()
        page.unroute("**/preview")
        page.wait_for_function("() => document.querySelector('.rows input').value == '1x2'")
        assert first.is_editable()
        assert cells(page, name) == ["1x2", *"3456789"]
        first.fill("2x1")
        assert field(page, name).input_value().startswith("2x1\n3\n")

        field(page, name).fill("\n".join(map(str, range(9))))
        box.locator(".kept").wait_for()
        assert "does not fit rows" in box.locator(".kept").inner_text()
        assert not first.is_visible()
        assert_calm(seen, url)
        field(page, name).fill("")
        first.wait_for()
        assert cells(page, name) == [""] * 8

        first.focus()
        page.evaluate(
            "text => { const data = new DataTransfer(); data.setData('text', text); const how = {clipboardData: data, "
            "bubbles: true, cancelable: true}; "
            "document.activeElement.dispatchEvent(new ClipboardEvent('paste', how)); }",
            summary,
        )
        page.wait_for_function("() => document.querySelector('.rows input').value == '(27, 27, 6)'")
        assert field(page, name).input_value() == summary
        assert cells(page, name) == ["(27, 27, 6)", "(13, 13, 6)", "(10,)", *[""] * 5]
        state(page, SAVED)
        assert paper.drafts[name].text == summary

        box.locator(".rows input").nth(1).fill("thirteen or so")
        box.locator(".rows input").nth(2).focus()
        page.wait_for_function("() => document.querySelectorAll('.rows input')[1].getAttribute('aria-invalid')")
        assert reading(page, name).inner_text().startswith("row 2 (S2): expected a shape")
        assert [one.get_attribute("aria-invalid") for one in box.locator(".rows input").all()].count("true") == 1
        assert_calm(seen, url)


def test_rows_follow_drafts_other_windows_and_a_lost_connection(chromium: Any) -> None:
    paper = Paper("course-lenet", "en")
    name = "table.shapes"
    with shown(chromium, paper) as (first, url):
        second = opened(first.page.context, url)
        row = first.page.locator(f'[data-part="{name}"] .rows input')
        row.nth(0).fill("27x27x6")
        state(first.page, SAVED)
        assert paper.drafts[name].text == "27x27x6\n" + "\n".join("-" * 7)
        second.page.locator(f'[data-part="{name}"] .rows input').nth(1).fill("13x13x6")
        conflict = second.page.locator(f'[data-part="{name}"] .conflict')
        conflict.locator("button", has_text="Take what is there").click()
        second.page.wait_for_function("() => document.querySelector('.rows input').value == '27x27x6'")
        assert cells(second.page, name) == ["27x27x6", *[""] * 7]
        assert second.page.evaluate("document.activeElement.id") == f"{name}.row.1"
        second.page.close()

        context = first.page.context
        context.set_offline(True)
        row.nth(2).fill("9x9x16")
        state(first.page, "No connection.")
        first.page.close()
        context.set_offline(False)
        again = opened(context, url).page
        again.wait_for_function("() => document.querySelectorAll('.rows input')[2].value == '9x9x16'")
        state(again, SAVED)
        assert paper.drafts[name].text.split("\n")[:4] == ["27x27x6", "-", "9x9x16", "-"]
        assert opened(context, url).page.locator(f'[data-part="{name}"] .rows input').nth(2).input_value() == "9x9x16"

        context.set_offline(True)
        field(again, name).fill("1\n2\n3\n4\n5\n6\n7\n8")
        state(again, "No connection.")
        assert not again.locator(".rows input").first.is_editable()
        context.set_offline(False)
        again.wait_for_function("() => document.querySelectorAll('.rows input')[2].value == '3'")
        assert again.locator(".rows input").first.is_editable()


def test_rows_on_paper_and_without_script(chromium: Any) -> None:
    paper = Paper("course-lenet", "en")
    paper.drafts["table.params"] = Written("156\n0\nx y z\n0\n0\n1\n2\n3", 1)
    with shown(chromium, paper, script=False) as (seen, _):
        page = seen.page
        assert cells(page, "table.params")[2:4] == ["x y z", "0"]
        assert page.locator('[data-part="table.params"] .rows input').nth(2).get_attribute("aria-invalid") == "true"
        row = page.locator('[data-part="table.shapes"] .rows input')
        row.nth(0).fill("27x27x6")
        row.nth(7).fill("10")
        follow(page, "button[value=read]")
        assert cells(page, "table.shapes") == ["27x27x6", *[""] * 6, "10"]
        assert reading(page, "table.shapes").locator("tr").count() == 8
        page.emulate_media(media="print")
        assert page.locator('[data-part="table.shapes"] .rows input').nth(7).is_visible()
        page.emulate_media(media="screen")
        follow(page, "button[value=check]")
        follow(page, "button[value=hand-in]")
        assert "R-0001" in page.inner_text("main")
    answers = read_submission(paper.handed_in[0], "x").answers["table"]
    assert answers["shapes"] == "27x27x6\n-\n-\n-\n-\n-\n-\n10"
