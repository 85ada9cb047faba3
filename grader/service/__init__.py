"""Pages for people over the database of a course, in a browser. It has no marking of its own.

Starlette, uvicorn and python-multipart come with the extra `service`, and nothing else imports them.
"""
