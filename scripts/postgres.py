"""A PostgreSQL server for tests and benchmarks: a cluster of its own, on loopback, in a folder of its own.

python scripts/postgres.py start FOLDER     makes it, starts it at a free port and prints its URL
python scripts/postgres.py stop FOLDER      stops it and removes the folder
python scripts/postgres.py find             prints where the programs of PostgreSQL are

The programs are those of the system (Debian: apt-get install postgresql). What is written is not flushed to the disk,
which tests do not need; `start FOLDER --durable` does flush, as a benchmark has to.
"""

from __future__ import annotations

import argparse
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER = "postgres"
"""Who the server runs as where root starts it: PostgreSQL refuses to run as root."""
SETTINGS = {"listen_addresses": "127.0.0.1", "max_connections": "200"}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def new_database(server: str, like: str = "") -> Iterator[str]:
    """The URL of a new database of a server, which is dropped at the end: empty, or a copy of the one at a URL."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url

    url, name = make_url(server), f"grader_{uuid.uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {make_url(like).database}" if like else "")))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def main(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("command", choices=("start", "stop", "find"))
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--durable", action="store_true", help="flush what is written to the disk")
    asked = parser.parse_args(arguments)
    programs = _programs()
    if programs is None:
        print("no PostgreSQL is installed (Debian: apt-get install postgresql)", file=sys.stderr)
        return 1
    if asked.command == "find":
        print(programs)
        return 0
    if asked.folder is None:
        parser.error("expected FOLDER")
    folder = asked.folder.resolve()
    if asked.command == "start":
        print(start(programs, folder, durable=asked.durable))
    else:
        stop(programs, folder)
    return 0


def start(programs: Path, folder: Path, *, durable: bool = False) -> str:
    """Make a cluster in a new or empty folder, start it, and return its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER)
    password, port = secrets.token_urlsafe(24), _free_port()
    cluster = folder / "cluster"
    kept = folder / "password"
    kept.touch(mode=0o600)
    kept.write_text(password, encoding="ascii")
    if os.geteuid() == 0:
        shutil.chown(kept, OWNER)
    made = (f"--pgdata={cluster}", f"--username={OWNER}", f"--pwfile={kept}", "--auth=scram-sha-256")
    _run(programs / "initdb", *made, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    kept.unlink()
    settings = {**SETTINGS, **({} if durable else CARELESS), "port": str(port), "unix_socket_directories": str(folder)}
    with (cluster / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    _run(programs / "pg_ctl", "start", "--wait", f"--pgdata={cluster}", f"--log={folder / 'log'}")
    return f"postgresql+psycopg://{OWNER}:{password}@127.0.0.1:{port}/postgres"


def stop(programs: Path, folder: Path) -> None:
    """Stop the cluster of a folder, whoever is connected, and remove it."""
    if (folder / "cluster" / "postmaster.pid").exists():
        _run(programs / "pg_ctl", "stop", "--wait", "--mode=immediate", f"--pgdata={folder / 'cluster'}")
    shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL programs: Debian keeps them beside the path, by version."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    known = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(known, key=lambda path: int(path.parent.name), default=None)


def _run(program: Path, *arguments: str) -> None:
    """Run a program of PostgreSQL as somebody who is not root; what it says is shown if it fails."""
    user = OWNER if os.geteuid() == 0 else None
    home = pwd.getpwnam(user).pw_dir if user is not None else None
    # A server that is started inherits the streams: pipes would be held open, and be waited for.
    done = subprocess.run(
        [str(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
        user=user,
        group=None if user is None else pwd.getpwnam(user).pw_gid,
        extra_groups=None if user is None else [],
        cwd=home,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{program.name} failed with status {done.returncode}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
