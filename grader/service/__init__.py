"""A course in the browser, on top of its database. Marks are made by `grader.marking`, not here.

Starlette, uvicorn and python-multipart come with the extra `service`, and nothing else imports them.
"""
