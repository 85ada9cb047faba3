"""The fixed words of a student's pages."""

from __future__ import annotations

from collections.abc import Mapping

from grader.messages import Sentence, sentence

STUDENT_WORDS: Mapping[str, Sentence] = {
    "my_homework": sentence("My homework"),
    "no_homework": sentence("There is no homework yet."),
    "homework": sentence("Homework"),
    "due": sentence("Due"),
    "standing": sentence("Status"),
    "open": sentence("open"),
    "late": sentence("late"),
    "not_yet": sentence("not open yet"),
    "closed": sentence("closed"),
    "left_draft": sentence("Your saved answers were not handed in."),
    "see_draft": sentence("See them"),
    "no_attempts": sentence("no attempt is left"),
    "handed_in": sentence("Handed in"),
    "never": sentence("not handed in"),
    "marks": sentence("Marks"),
    "hidden": sentence("not shown yet"),
    "answer": sentence("Answer"),
    "continue_draft": sentence("Go on with the draft"),
    "attempts": sentence("Your attempts"),
    "attempt": sentence("Attempt"),
    "received": sentence("Received"),
    "number": sentence("Number"),
    "receipt": sentence("Receipt"),
    "feedback": sentence("Feedback"),
    "counts": sentence("counts"),
    "file": sentence("File"),
    "again": sentence("Answer again"),
    "moved": sentence("Marks that were moved after they were given"),
    "part": sentence("Part"),
    "before": sentence("Before"),
    "after": sentence("After"),
    "why": sentence("Why"),
    "fault": sentence(
        "A fault of ours kept this from being marked. It is stored, it costs no attempt, and the staff know."
    ),
    "appeals": sentence("Ask about a mark"),
    "appeal_hint": sentence("Say what you think is not right about the mark of this part. The staff answer here."),
    "your_question": sentence("Your question"),
    "ask": sentence("Ask"),
    "asked": sentence("You asked"),
    "answered": sentence("Answer of the staff"),
    "waits": sentence("Nobody has answered yet."),
    "final": sentence("After the late deduction"),
    "final_score": sentence("Final score"),
    "total": sentence("Total"),
}
