"""The database of a class: submissions as they were last marked, marks by people, and what was published.

It is SQLite, through the standard library. A run of `grader batch` has one writer and a few dozen statements, most of
them executed once per chunk of files; SQLAlchemy would add a dependency and start-up time, and hide none of the SQL.
The schema has plain tables, types and keys, so that another program can declare the same tables for another database.
"""

from grader.gradebook.database.database import Database
from grader.gradebook.database.schema import PersonMark, SubmissionRow

__all__ = ["Database", "PersonMark", "SubmissionRow"]
