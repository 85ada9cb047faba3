"""The sheet in a real browser: typed, read, saved, lost and found again, handed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader import grade
from grader.homework.files import read_submission
from grader.service.forms.fields import Written
from grader.service.forms.typed import typed_of
from tests.reports.chromium import Seen, follow
from tests.service.forms.paper import COUNTED, Paper, served
from tests.service.forms.samples import ROOT, comparable, loaded

SAVED = "Everything is saved."


@contextmanager
def shown(
    chromium: Any, paper: Paper, width: int = 1280, scheme: str = "light", *, script: bool = True
) -> Iterator[tuple[Seen, str]]:
    """The page of a paper, whose address is given, too."""
    with served(paper) as url:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        context.set_default_timeout(60_000)
        try:
            yield opened(context, url), url
        finally:
            context.close()


def opened(context: Any, url: str) -> Seen:
    page = context.new_page()
    seen = Seen(page)
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("request", lambda request: seen.asked.append(request.url))
    page.goto(url)
    return seen


def field(page: Any, name: str) -> Any:
    return page.locator(f'[id="{name}"]')


def reading(page: Any, name: str) -> Any:
    return page.locator(f'[id="{name}.reading"]')


def state(page: Any, said: str) -> None:
    """Wait until the line about drafts says this, or begins so."""
    page.wait_for_function("said => document.getElementById('draft-state').textContent.startsWith(said)", arg=said)


def assert_calm(seen: Seen, url: str) -> None:
    """No console message, no request elsewhere, nothing wider than the window, no serious finding of axe."""
    seen.page.wait_for_load_state("load")
    assert seen.said == []
    assert [one for one in seen.asked if not one.startswith((url, "data:,"))] == []
    assert seen.run("document.documentElement.scrollWidth <= innerWidth")
    assert seen.axe() == []


@pytest.mark.parametrize(
    ("id", "lang", "width", "scheme"),
    [
        ("cnn-foundations", "en", 360, "light"),
        ("course-quiz", "fa", 360, "dark"),
        ("course-fields-fa", "fa", 1280, "light"),
        ("cnn-architectures", "en", 1280, "dark"),
        ("course-segmentation", "fa", 360, "light"),
    ],
)
def test_every_page_of_a_paper_is_calm(id: str, lang: str, width: int, scheme: str, chromium: Any) -> None:
    paper = Paper(id, lang)
    right = next((ROOT / "submissions_example" / id).glob("*right.toml"))
    typed = typed_of(right.read_bytes(), paper.form.previewer.specs)
    for question, parts in typed.items():
        for part, text in parts.items():
            paper.drafts[f"{question}.{part}"] = Written(text, 1)
    with shown(chromium, paper, width, scheme) as (seen, url):
        page = seen.page
        assert_calm(seen, url)
        assert seen.run("document.dir") == ("rtl" if lang == "fa" else "ltr")
        directions = "[...document.querySelectorAll('math, .field .m')].map(e => getComputedStyle(e).direction)"
        assert set(seen.run(directions)) == {"ltr"}
        for button in page.locator("button.grid-button").all():
            button.click()
        assert_calm(seen, url)
        follow(page, "button.save")
        page.wait_for_selector("button[value=hand-in]")
        assert_calm(seen, url)
        follow(page, "button[value=hand-in]")
        page.wait_for_selector(".notice.saved")
        assert_calm(seen, url)
    before = grade(loaded(id, alone=True), read_submission_text(right.read_bytes()))
    assert comparable(grade(loaded(id, alone=True), paper.handed_in[0]))["questions"] == comparable(before)["questions"]


def read_submission_text(data: bytes) -> bytes:
    """The file of a student, who is the one of the page."""
    document = read_submission(data, "x")
    return data.replace(f'student = "{document.student}"'.encode(), b'student = "student-01"')


def test_a_reading_is_shown_after_a_rest_and_a_complaint_later_or_on_leaving(chromium: Any) -> None:
    from playwright.sync_api import expect as shown_soon

    paper = Paper("cnn-foundations", "en")
    with shown(chromium, paper) as (seen, url):
        page = seen.page
        seen.run(COUNTED)
        answered = "count => window.answered === count"
        started = datetime(2026, 1, 1, tzinfo=UTC)
        page.clock.install(time=started)
        page.clock.pause_at(started + timedelta(hours=1))  # an installed clock goes on with real time
        field(page, "q4.Z").press_sequentially("9/4")
        page.clock.run_for(350)
        assert paper.asked == []
        page.clock.run_for(100)
        page.wait_for_function(answered, arg=1)
        shown_soon(reading(page, "q4.Z")).to_contain_text("Read as", timeout=60_000)
        assert "<mfrac><mn>9</mn><mn>4</mn></mfrac>" in reading(page, "q4.Z").inner_html()
        assert paper.asked == [("q4.Z", "9/4")]

        field(page, "q4.Z").fill("nine quarters or so")
        page.clock.run_for(450)
        page.wait_for_function(answered, arg=2)
        assert field(page, "q4.Z").get_attribute("aria-invalid") is None
        page.clock.run_for(1_200)
        shown_soon(field(page, "q4.Z")).to_have_attribute("aria-invalid", "true", timeout=60_000)
        assert "received" in reading(page, "q4.Z").inner_text()

        field(page, "q4.Z").fill("ten")
        field(page, "q3.conv_shape").fill("see there")
        page.clock.run_for(450)
        page.wait_for_function(answered, arg=4)
        assert field(page, "q3.conv_shape").get_attribute("aria-invalid") is None
        field(page, "q3.pool_shape").focus()
        assert field(page, "q3.conv_shape").get_attribute("aria-invalid") == "true"
        page.clock.resume()
        assert_calm(seen, url)


def test_a_late_answer_is_dropped(chromium: Any) -> None:
    paper = Paper("cnn-foundations", "en")
    with shown(chromium, paper) as (seen, _):
        page = seen.page
        held: list[Any] = []

        def hold(route: Any) -> None:
            if '"1/3"' in route.request.post_data:
                held.append(route)
            else:
                route.continue_()

        page.route("**/preview", hold)
        with page.expect_request("**/preview"):
            field(page, "q4.Z").fill("1/3")
        field(page, "q4.Z").fill("1/7")
        page.wait_for_function("() => document.getElementById('q4.Z.reading').textContent.includes('7')")
        with page.expect_response("**/preview"):
            held[0].continue_()
        page.wait_for_timeout(200)
        assert "<mn>7</mn>" in reading(page, "q4.Z").inner_html()


def test_two_readings_are_two_buttons(chromium: Any) -> None:
    paper = Paper("cnn-foundations", "en")
    with shown(chromium, paper) as (seen, url):
        page = seen.page
        field(page, "q4.Z").fill("2,125")
        button = reading(page, "q4.Z").locator("button", has_text="2.125")
        assert button.inner_text().split() == ["I", "mean", "2.125"]
        assert_calm(seen, url)
        button.click()
        page.wait_for_function("() => document.getElementById('q4.Z.reading').textContent.includes('Read as')")
        assert field(page, "q4.Z").input_value() == "02.125"
        assert "<mn>2.125</mn>" in reading(page, "q4.Z").inner_html()
        state(page, SAVED)
        assert paper.drafts["q4.Z"].text == "02.125"


def test_what_is_typed_is_saved_and_comes_back(chromium: Any) -> None:
    paper = Paper("course-quiz", "en")
    with shown(chromium, paper) as (seen, url):
        page = seen.page
        for name, part in paper.form.parts.items():
            box = page.locator(f'[data-part="{name}"]')
            if part.field.items:
                for select in box.locator("select").all():
                    select.select_option(index=2)
            elif part.field.input == "radio":
                box.locator("input").nth(1).check()
            elif part.field.input == "checkbox":
                box.locator("input").nth(0).check()
                box.locator("input").nth(2).check()
            else:
                field(page, name).fill("6")
        state(page, SAVED)
        texts = {name: one.text for name, one in paper.drafts.items()}
        assert set(texts) == set(paper.form.parts)
        assert texts["options.volume"] == "B"
        assert texts["several.sharing"] == "A, C"
        assert texts["match.networks"] == "a-2, b-2, c-2"
        page.close()
        again = opened(page.context, url)
        assert again.page.locator('[data-part="options.volume"] input:checked').get_attribute("value") == "B"
        assert field(again.page, "many.k").input_value() == "6"
        again.page.locator('[data-part="options.volume"] input[value=""]').check()
        again.page.locator('[data-part="several.sharing"] input[data-alone]').check()
        state(again.page, SAVED)
        assert (paper.drafts["options.volume"].text, paper.drafts["several.sharing"].text) == ("", "none")


def test_two_windows_are_told_of_each_other(chromium: Any) -> None:
    paper = Paper("cnn-foundations", "en")
    with shown(chromium, paper) as (first, url):
        second = opened(first.page.context, url)
        field(first.page, "q1.why").fill("from the first")
        state(first.page, SAVED)
        field(second.page, "q1.why").fill("from the second")
        conflict = second.page.locator('[data-part="q1.why"] .conflict')
        conflict.wait_for()
        assert conflict.locator("pre").inner_text() == "from the first"
        assert paper.drafts["q1.why"].text == "from the first"
        second.said = [line for line in second.said if "409" not in line]
        assert_calm(second, url)
        conflict.locator("button", has_text="Keep what is here").click()
        state(second.page, SAVED)
        assert paper.drafts["q1.why"].text == "from the second"

        field(first.page, "q1.why").fill("from the first again")
        conflict = first.page.locator('[data-part="q1.why"] .conflict')
        conflict.locator("button", has_text="Take what is there").click()
        assert field(first.page, "q1.why").input_value() == "from the second"
        assert not conflict.is_visible()
        state(first.page, SAVED)
        held: list[Any] = []
        first.page.route("**/drafts", lambda route: held.append(route))
        with first.page.expect_request("**/drafts"):
            field(first.page, "q1.why").fill("and so on")
        state(first.page, "Saving…")  # and no longer, once it is answered
        held.pop().continue_()
        state(first.page, SAVED)
        assert paper.drafts["q1.why"].text == "and so on"


def test_without_a_connection_nothing_is_lost(chromium: Any) -> None:
    paper = Paper("cnn-foundations", "en")
    with shown(chromium, paper) as (seen, url):
        page, context = seen.page, seen.page.context
        context.set_offline(True)
        field(page, "q1.why").fill("typed in a train")
        field(page, "q4.Z").fill("9/4")
        state(page, "No connection.")
        assert page.inner_text("#draft-said").startswith("No connection.")
        context.set_offline(False)
        state(page, SAVED)
        assert (paper.drafts["q1.why"].text, paper.drafts["q4.Z"].text) == ("typed in a train", "9/4")

        context.set_offline(True)
        field(page, "q1.why").fill("and the laptop was closed")
        state(page, "No connection.")
        page.close()
        context.set_offline(False)
        assert paper.drafts["q1.why"].text == "typed in a train"
        again = opened(context, url).page
        assert field(again, "q1.why").input_value() == "and the laptop was closed"
        state(again, SAVED)
        assert paper.drafts["q1.why"].text == "and the laptop was closed"
        assert again.evaluate("localStorage.length") == 0

        paper.signed_out = True
        field(again, "q1.why").fill("after the session ended")
        again.wait_for_function(
            "() => document.getElementById('draft-state').textContent.startsWith('You are signed out.')"
        )
        paper.drafts["q1.why"] = Written("meanwhile on a telephone", 9)
        paper.signed_out = False
        page = opened(context, url).page
        assert field(page, "q1.why").input_value() == "after the session ended"
        assert page.locator(".conflict pre").inner_text() == "meanwhile on a telephone"


def test_a_grid_writes_into_the_text(chromium: Any) -> None:
    paper = Paper("cnn-foundations", "en")
    with shown(chromium, paper) as (seen, url):
        page = seen.page
        box = page.locator('[data-part="q4.dF"]')
        box.locator("button.grid-button").click()
        assert box.locator("table input").count() == 9
        box.locator("label:has-text('Columns') input").fill("2")
        box.locator("label:has-text('Rows') input").fill("2")
        box.locator("label:has-text('Rows') input").press("Tab")
        assert box.locator("table input").count() == 4
        for at, text in enumerate(["1/2", "-3", "", "0.75"]):
            box.locator("table input").nth(at).fill(text)
        assert field(page, "q4.dF").input_value() == "1/2  -3\n-  0.75"
        page.wait_for_function("() => document.getElementById('q4.dF.reading').querySelectorAll('mtd').length === 4")
        assert_calm(seen, url)
        box.locator("button.grid-button").click()
        field(page, "q4.dF").fill(r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}")
        box.locator("button.grid-button").click()
        assert "does not fit a grid" in box.locator(".grid-panel").inner_text()
        assert field(page, "q4.dF").input_value().startswith(r"\begin")
        field(page, "q4.dF").fill("[[1, 2, 3],\n [4, 5, 6]]")
        box.locator("button.grid-button").click()
        box.locator("button.grid-button").click()
        assert [one.input_value() for one in box.locator("table input").all()] == list("123456")
        field(page, "q4.dX").fill("۱/۲، ۳\n۴، ۰٫۵")
        box = page.locator('[data-part="q4.dX"]')
        box.locator("button.grid-button").click()
        assert [one.input_value() for one in box.locator("table input").all()] == ["۱/۲", "۳", "۴", "۰٫۵"]
        assert set(seen.run("[...document.querySelectorAll('.grid-button')].map(b => b.textContent)")) == {
            "Fill in a grid",
            "Close the grid",
        }


def test_what_was_typed_is_kept_until_it_was_handed_in(chromium: Any) -> None:
    paper = Paper("cnn-foundations", "en")
    with shown(chromium, paper) as (seen, url):
        page = seen.page
        page.route("**/drafts", lambda route: route.fulfill(status=503))
        field(page, "q1.why").fill("the service is being restarted")
        state(page, "No connection.")
        assert page.evaluate("localStorage.length") == 1
        follow(page, "button.save")
        follow(page, "button[value=hand-in]")  # its script has forgotten what the browser kept
        page.wait_for_selector(".notice.saved")
        assert page.evaluate("localStorage.length") == 0
        page.goto(url)
        assert field(page, "q1.why").input_value() == ""
    assert read_submission(paper.handed_in[0], "x").answers["q1"]["why"] == "the service is being restarted"
