"""What is said to people: sentences as data, and the languages in which they are said."""

from grader.messages.sentences import Sentence, sentence

__all__ = ["Sentence", "sentence"]
