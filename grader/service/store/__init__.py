"""The database of `grader serve`: people, drafts, hand-ins, marks by people, and the audit log.

SQLite next to the course, or PostgreSQL: one schema in SQLAlchemy Core, so that the same statements and the same tests
run on both. The gradebook's own database (`grader.gradebook.database`) serves one run of `batch` on one machine and
keeps to the standard library; what the service shows of a class is made by that gradebook, from the rows stored here.
"""

from grader.service.store.store import Store

__all__ = ["Store"]
