"""The words of the staff pages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from markupsafe import Markup

from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.reports.html_part import prose
from grader.reports.verdicts import VERDICTS
from grader.service.queue.words import QueueWords
from grader.service.web.pages import PAGE_WORDS
from grader.service.words import merged

STAFF: Mapping[str, Sentence] = {
    "staff": sentence("Course"),
    "assignment": sentence("Assignment"),
    "handed_in": sentence("Handed in"),
    "feedback": sentence("Feedback"),
    "due": sentence("Due"),
    "no_due": sentence("none"),
    "key": sentence("The key"),
    "key_current": sentence("applied"),
    "key_broken": sentence("The files cannot be used"),
    "key_before": sentence("Marks still come from what was applied before, if anything was."),
    "key_changed": sentence("The files changed: look at what would move"),
    "open_class": sentence("The class"),
    "open_queue": sentence("To the queue"),
    "no_assignments": sentence("No assignment is served."),
    "at_once": sentence("seen at once"),
    "after_due": sentence("seen after the due time"),
    "not_released": sentence("not released"),
    "released": sentence("released"),
    "student": sentence("Student"),
    "email": sentence("E-mail"),
    "number": sentence("Number"),
    "attempt": sentence("Attempt"),
    "received": sentence("Received"),
    "marks": sentence("Marks"),
    "status": sentence("Status"),
    "counts": sentence("counts"),
    "late": sentence("late"),
    "file": sentence("File"),
    "report": sentence("Report"),
    "never": sentence("not handed in"),
    "extension": sentence("Extension"),
    "no_extension": sentence("No extension."),
    "extension_due": sentence("Due for this student"),
    "extension_hint": sentence(
        "A time such as 2026-03-01T23:59, in the time zone of the assignment. The later of this "
        "and the class's due time counts; late deductions are computed again. Leave the fields "
        "empty to remove the extension."
    ),
    "extension_attempts": sentence("Extra attempts"),
    "why": sentence("Why"),
    "clocks": sentence("Clocks"),
    "extend": sentence("Save the extension"),
    "hand_in": sentence("Hand-in"),
    "machine": sentence("Machine"),
    "person": sentence("Person"),
    "verdict": sentence("Verdict"),
    "change": sentence("Change"),
    "override": sentence("Another mark"),
    "override_hint": sentence("A mark by a person replaces the machine's, and the student sees who gave it and why."),
    "give": sentence("Give this mark"),
    "history": sentence("Marks by people"),
    "version": sentence("Version"),
    "when": sentence("When"),
    "no_report": sentence("There is no report."),
    "key_is": sentence("The key"),
    "all_given": sentence("Answers, equal ones once"),
    "nobody": sentence("Nobody answered."),
    "who_gave": sentence("Whose they are"),
    "platforms": sentence("Learning platforms"),
    "find": sentence("Find in this table:"),
    "none_found": sentence("No row contains this."),
    "key_fixed": sentence("Changed files of the assignment"),
    "key_hint": sentence(
        "The files of the assignment are no longer those that marks come from. Look first which marks would move: "
        "nothing changes by that."
    ),
    "key_waits": sentence(
        "The files of this assignment changed, and the change waits to be applied. Until then marks, deadlines, "
        "attempts and what students see follow the files as they were."
    ),
    "key_is_applied": sentence("Marks come from the files of the assignment as they are."),
    "key_applied": sentence("Applied."),
    "not_applied": sentence("Nothing was changed"),
    "interrupted": sentence("This was interrupted before it ended. Nothing was changed."),
    "files_changed": sentence("The files changed since these moves were shown: look again."),
    "looking": sentence("Marking again, to see what would move"),
    "applying": sentence("Marking again and applying"),
    "progress_hint": sentence("This continues if you close the page; open the page again to see how far it is."),
    "look": sentence("See what would move"),
    "apply": sentence("Apply, and move these marks"),
    "by_part": sentence("By part"),
    "every_move": sentence("Every mark that moves"),
    "totals": sentence("Altogether"),
    "how_many": sentence("How many"),
    "rising": sentence("Final scores that rise"),
    "falling": sentence("Final scores that fall"),
    "other_attempt": sentence("Another attempt counts"),
    "other_deduction": sentence("Being late costs something else"),
    "newly_shown": sentence("Feedback becomes visible"),
    "newly_hidden": sentence("Feedback is hidden"),
    "answers_shown": sentence("Visible feedback shows other right answers than before, or none"),
    "rules": sentence("What changes in the policy"),
    "rule": sentence("Rule"),
    "every_final": sentence("Every final score that moves"),
    "before_lateness": sentence(
        "The totals here are before late deductions; a student's page and the exports show them after."
    ),
    "release": sentence("Release the feedback"),
    "take_back": sentence("Take the release back"),
    "export": sentence("Export"),
    "export_hint": sentence(
        "Totals are after late deductions. Marks that are not final are left blank unless you ask for them."
    ),
    "export_notes": sentence("Before you use this file"),
    "format": sentence("Format"),
    "provisional": sentence("Include marks that are not final"),
    "roster": sentence("Table of the learning platform"),
    "roster_hint": sentence(
        "The platform's export of the course's people, with whose rows students are matched; "
        "only for formats that take one."
    ),
    "column": sentence("Title of the column"),
    "download": sentence("Download"),
    "no_appeals": sentence("Nothing waits for an answer."),
    "your_answer": sentence("Your answer"),
    "answer_it": sentence("Answer"),
    "answered": sentence("Answered"),
    "person_id": sentence("Id"),
    "name": sentence("Name"),
    "role": sentence("Role"),
    "add": sentence("Add or update"),
    "people_table": sentence("A table of people (CSV) with columns student, name, email, role, team"),
    "people_hint": sentence(
        "What the table has no column for stays as it is. Anyone who moves to another team gets "
        "that team's extensions, also for what they have already handed in; marks stay as they "
        "are."
    ),
    "new_link": sentence("New link"),
    "revoke": sentence("Revoke"),
    "link_hint": sentence("This sign-in link is shown only once. Give it to that person only:"),
    "signing_in": sentence("Signing in"),
    "log_hint": sentence("Newest changes first."),
    "what": sentence("What"),
    "subject": sentence("About"),
    "details": sentence("Details"),
    "upload_hint": sentence("A ZIP archive of submission files. Each is handed in for the student that it names."),
    "archive": sentence("ZIP archive"),
    "uploading": sentence("Handing in"),
    "uploaded": sentence("What became of each file"),
    "upload_ended": sentence("This stopped before every file was handed in. Files with a number were handed in."),
    "not_uploaded": sentence("Not handed in"),
    "before": sentence("Before"),
    "after": sentence("After"),
}

STATUSES: Mapping[str, Sentence] = {
    "graded": sentence("graded"),
    "needs_review": sentence("need a person"),
    "rejected": sentence("could not be graded"),
    "error": sentence("a fault of the grader"),
}

ROLE_WORDS: Mapping[str, Sentence] = {
    "student": sentence("student"),
    "assistant": sentence("assistant"),
    "instructor": sentence("instructor"),
}
CHANGES: Mapping[str, Sentence] = {
    "handed in": sentence("handed in"),
    "marked": sentence("gave a mark"),
    "applied": sentence("applied the changed files of an assignment"),
    "took over files": sentence("took over the changed files of an assignment"),
    "extended": sentence("gave or removed an extension"),
    "released": sentence("released the feedback"),
    "took the release back": sentence("took the release back"),
    "asked about a mark": sentence("asked about a mark"),
    "answered a question about a mark": sentence("answered a question about a mark"),
    "added people": sentence("added people"),
    "changed teams": sentence("changed teams"),
    "made a sign-in link": sentence("made a sign-in link"),
    "revoked the links of": sentence("revoked all links"),
    "uploaded an archive": sentence("uploaded an archive"),
    "made a token": sentence("made a token"),
    "revoked tokens": sentence("revoked tokens"),
    "forgot a student": sentence("forgot a student"),
}
"""The words for changes in the log."""


class StaffWords(QueueWords):
    """The words of the staff pages, in one language."""

    def __init__(self, language: Language) -> None:
        """Translate the fixed words once."""
        super().__init__(language, merged(PAGE_WORDS, STAFF))
        self._verdicts: Mapping[str, str] = {str(name): language(shown.phrase) for name, shown in VERDICTS.items()}

    def verdict(self, name: str) -> str:
        """A verdict in words; `reviewed` if a person gave the marks."""
        return self._verdicts.get(name) or str(self.word.person)

    def status(self, name: str) -> str:
        """The status of a hand-in, in words."""
        said = STATUSES.get(name)
        return name if said is None else self.language(said)

    def role(self, name: str) -> str:
        """A role in words."""
        return self.language(ROLE_WORDS[name])

    def change(self, name: str) -> str:
        """A change in words; as recorded if it has no words."""
        said = CHANGES.get(name)
        return name if said is None else self.language(said)

    def moved(self, count: int, *, more: bool) -> Markup:
        """How many marks of parts moved, and whether anything else changed."""
        if more and not count:
            return self.say(sentence("No part's mark moved. What else changed is shown below."))
        return self.say(sentence("1 mark moved") if count == 1 else sentence("{count:,} marks moved", count=count))

    def would_move(self, count: int, *, more: bool) -> Markup:
        """How many marks of parts would move, and whether anything else would change."""
        if more and not count:
            return self.say(
                sentence("If the files are applied, no part's mark moves. What else changes is shown below.")
            )
        if count == 1:
            return self.say(sentence("If the files are applied, 1 mark moves."))
        return self.say(sentence("If the files are applied, {count:,} marks move.", count=count))

    def attempt_counts(self, before: int, after: int) -> str:
        """Which attempt counts."""
        return self.language(sentence("attempt {after} counts instead of attempt {before}", after=after, before=before))

    def lateness(self, before: Decimal, after: Decimal) -> str:
        """What being late costs, as shares."""
        return self.language(
            sentence(
                "being late costs {after:f} % instead of {before:f} %",
                after=(after * 100).normalize(),
                before=(before * 100).normalize(),
            )
        )

    def not_counting(self) -> str:
        """That an attempt does not count."""
        return self.language(sentence("this attempt does not count"))

    def say_text(self, text: str) -> Markup:
        """A sentence already rendered as text."""
        return prose(text)

    def feedback(self, when: str, released: bool) -> str:
        """When students see the marks of an assignment."""
        if when == "when_released":
            return str(self.word.released if released else self.word.not_released)
        return str(self.word.released if released else getattr(self.word, when))
