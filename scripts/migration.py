"""Write the migration that brings a database from the newest schema to what `grader/service/store/tables.py` says.

python scripts/migration.py "what changes"     # writes grader/service/store/migrations/versions/v0002_what_changes.py
python scripts/migration.py --again            # writes the newest one again, if it is not released yet

Read it before it is committed: Alembic sees what was added and removed, not what was renamed, and moves no data.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from grader.service.store import Store, schema  # noqa: E402 - this repository's

_TABLE = re.compile(
    r"^    op\.create_table\(\s*'(\w+)'.*?^    \)\n(?:    op\.create_index\('\w+', '\1'[^\n]*\n)*",
    re.MULTILINE | re.DOTALL,
)
_INDEXES = re.compile(
    r"    with op\.batch_alter_table\('(\w+)'[^\n]*\n((?:        batch_op\.(?:create|drop)_index[^\n]*\n)+)\n"
)
_INDEX = re.compile(r"        batch_op\.(create|drop)_index\(('\w+')(?:, (\[[^]]*\]), unique=(?:True|False))?\)\n")


def write(message: str, number: str) -> Path:
    """Write a migration by this number."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'empty.sqlite3'}")
        if number != "0001":
            schema.upgrade(store)
        told = schema.config()
        with store.engine.connect() as connection:
            told.attributes["connection"] = connection
            made = command.revision(told, message, autogenerate=True, rev_id=number)
        store.close()
    assert made is not None
    assert not isinstance(made, list)
    path = Path(made.path)
    path.write_text(by_table(path.read_text("utf-8")), "utf-8")
    subprocess.run(["ruff", "format", "--quiet", str(path)], check=False)
    return path


def by_table(text: str) -> str:
    """A migration with a function for each new table, without Alembic's comments."""
    text = re.sub(r"\b(?:batch_)?op\.f\(('\w+')\)", r"\1", re.sub(r"^    # ###.*\n", "", text, flags=re.MULTILINE))
    text = _INDEXES.sub(_plain_indexes, text)
    made = [(found[1], found[0]) for found in _TABLE.finditer(text)]
    text = _TABLE.sub(lambda found: f"    _{found[1]}()\n", text)
    return text + "".join(f"\n\ndef _{name}() -> None:\n{body.rstrip()}\n" for name, body in made)


def _plain_indexes(found: re.Match[str]) -> str:
    """Indexes need no table that is rebuilt; those of a table that is dropped go with it."""
    table, lines = found[1], ""
    dropped = found.string[found.end() :].startswith(f"    op.drop_table('{table}')")
    for kind, name, columns in _INDEX.findall(found[2]):
        lines += "" if dropped else f"    op.{kind}_index({name}, '{table}'" + (f", {columns})\n" if columns else ")\n")
    return lines


def main(arguments: list[str]) -> int:
    """Run the command; its exit status."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    newest = ScriptDirectory.from_config(schema.config()).get_revision("head")
    if arguments[0] == "--again":
        assert newest is not None
        Path(newest.path).unlink()
        message = Path(newest.path).stem.partition("_")[2].replace("_", " ")
        print(write(message, newest.revision))
    else:
        print(write(arguments[0], f"{int(newest.revision if newest else 0) + 1:04}"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
