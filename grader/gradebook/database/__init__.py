"""What is known of a class, kept on disk: submissions as they were marked last, marks by people, what was published.

The database is SQLite through the standard library. A run of `grader batch` asks it a few dozen statements, most of
them once for a whole chunk of files, so that a layer above SQL would cost start-up time and save little; the schema
keeps to types and statements that other databases have too.
"""

from grader.gradebook.database.database import Database
from grader.gradebook.database.schema import PersonMark, SubmissionRow

__all__ = ["Database", "PersonMark", "SubmissionRow"]
