"""A course in the browser, on top of its database. It has no marking of its own.

Starlette, uvicorn and python-multipart come with the extra `service`, and nothing else imports them.
"""
