"""What an administrator does once in a database before Millstream runs there, as one idempotent SQL script.

`millstream migrate --bootstrap` and the embedded server call `bootstrap` with an administrator's connection; the
script's notices say what it changed. The server itself then needs the login role only, which is no superuser.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import psycopg
from psycopg.errors import Diagnostic

from millstream.observe import Observation, Observer, ignore

LOGIN_ROLE = "millstream"
PUBLICATION = "supabase_realtime"


@dataclass(frozen=True, slots=True)
class Bootstrapped(Observation):
    """A database was prepared. `changed` names each thing that was not there before; empty when all was."""

    database: str
    login_role: str
    changed: tuple[str, ...]


def bootstrap(
    administrator: psycopg.Connection,
    *,
    login_role: str = LOGIN_ROLE,
    login_password: str | None = None,
    publication: str = PUBLICATION,
    observe: Observer = ignore,
) -> tuple[str, ...]:
    """Prepare the database of an administrator's connection in one transaction; return what was changed.

    Idempotent, and safe beside another bootstrap. The login role keeps its password unless one is given.
    """
    changed: list[str] = []

    def note(diagnostic: Diagnostic) -> None:
        changed.append(diagnostic.message_primary or "")

    given = {
        "millstream.login_role": login_role,
        "millstream.login_password": login_password or "",
        "millstream.publication": publication,
    }
    script = (files("millstream.postgres") / "sql" / "bootstrap.sql").read_text(encoding="utf-8")
    administrator.add_notice_handler(note)
    try:
        with administrator.transaction():
            administrator.execute("select pg_advisory_xact_lock(hashtext('millstream.bootstrap'))")
            for name, value in given.items():
                administrator.execute("select set_config(%s, %s, true)", (name, value))
            administrator.execute(script)
    finally:
        administrator.remove_notice_handler(note)
    observe(Bootstrapped(administrator.info.dbname, login_role, tuple(changed)))
    return tuple(changed)
