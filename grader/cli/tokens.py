"""`grader tokens`: access for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.extras import service_extra
from grader.cli.options import course_options, emit
from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.names import shown

SCOPE_CHOICES = ("submit", "read", "staff")


@click.group()
def tokens() -> None:
    """Make and revoke the tokens that programs use to call the API.

    \b
    Examples:
      grader tokens create platform --scope submit
      grader tokens list
      grader tokens revoke platform
    """


@tokens.command()
@click.argument("name", metavar="NAME")
@click.option("--scope", type=click.Choice(SCOPE_CHOICES), required=True, help="What a program may do with the token.")
@course_options(lang=False)
def create(name: str, scope: str, course: Path, database: str | None) -> int:
    """Make a token and print it, once.

    A program sends it as `Authorization: Bearer TOKEN`. The scope submit lets it preview and hand in for any student;
    read, read what was handed in; staff, everything.

    \b
    Examples:
      grader tokens create platform --scope submit
      grader tokens create exporter --scope read --course my-course
    """
    with service_extra("tokens"):
        from grader.service.web.administration import new_token
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise UsageError(sentence("expected a name of 1 to 100 characters, received {name}", name=shown(name)))
    emit(new_token(course, database, name.strip(), scope))
    return 0


@tokens.command(name="list")
@course_options(lang=False)
def list_tokens(course: Path, database: str | None) -> int:
    """List the valid tokens: name, scope, and when each was made.

    \b
    Examples:
      grader tokens list
    """
    with service_extra("tokens"):
        from grader.service.web.administration import known_tokens
    for label, scope, made in known_tokens(course, database):
        emit(f"{label}\t{scope}\t{made:%Y-%m-%d %H:%M} UTC")
    return 0


@tokens.command()
@click.argument("name", metavar="NAME")
@course_options(lang=False)
def revoke(name: str, course: Path, database: str | None) -> int:
    """Revoke every token with this name.

    \b
    Examples:
      grader tokens revoke platform
    """
    with service_extra("tokens"):
        from grader.service.web.administration import revoke_tokens
    if not revoke_tokens(course, database, name):
        raise UsageError(sentence("no valid token is called {name}", name=shown(name)))
    return 0
