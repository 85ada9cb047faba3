"""Which of a student's saved fields differ from what they handed in."""

from __future__ import annotations

from collections.abc import Mapping

from grader.service.forms.typed import Answers, normalised
from grader.service.store.drafts import Draft


def unsent(saved: Mapping[str, Draft], handed_in: Answers) -> dict[str, Draft]:
    """The drafts with another text than was handed in, by part; a blank one is the same as no answer."""
    typed = {f"{question}.{part}": text for question, parts in handed_in.items() for part, text in parts.items()}
    return {part: one for part, one in saved.items() if differs(normalised(one.written), typed.get(part, ""))}


def differs(written: str, handed_in: str) -> bool:
    """Whether two texts are different answers."""
    return written != handed_in and bool(written.strip() or handed_in.strip())
