"""Loads the data set's database on a server, as its README says; used by the tests and by the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg

DATABASE = "postgrest_conformance"
SCRIPTS = ("roles.sql", "database.sql")
SHARED = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "postgrest"

Administrator = Callable[[str], psycopg.Connection]


def scripts_folder(cases: Path) -> Path:
    """Return where the SQL of some cases lies: beside them, above them, or in the shared data set."""
    for folder in (cases, cases.parent, SHARED):
        if all((folder / script).is_file() for script in SCRIPTS):
            return folder
    raise FileNotFoundError(f"neither {cases} nor its parent has {' and '.join(SCRIPTS)}")


def load_database(administrator: Administrator, scripts: Path) -> None:
    """Make the database anew; `administrator` connects a superuser, in autocommit, to the database it is given."""
    with administrator("postgres") as connection:
        connection.execute(f"drop database if exists {DATABASE} with (force)")
        connection.execute(f"create database {DATABASE} template template0 encoding 'UTF8'")
    with administrator(DATABASE) as connection:
        for script in SCRIPTS:
            connection.execute((scripts / script).read_text().encode())
            connection.execute("reset all")


def drop_database(administrator: Administrator) -> None:
    """Drop the database, with whoever is connected."""
    with administrator("postgres") as connection:
        connection.execute(f"drop database if exists {DATABASE} with (force)")
