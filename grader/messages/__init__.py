"""Messages for people: sentences as data, and the languages that they are rendered in."""

from grader.messages.sentences import Sentence, sentence

__all__ = ["Sentence", "sentence"]
