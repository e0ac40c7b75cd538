"""Makes what a demo is made of: rows under ids that are the same in each run, organisations with their members.

Receives a transaction of the service role (`Demo.as_service`); what is there already stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from psycopg.sql import SQL, Identifier, Placeholder
from psycopg.types.json import Jsonb

from millstream.app import Demo, SqlConnection
from millstream.kit.demo.choices import Name


def named_id(*names: object) -> UUID:
    """Return the id that goes by these names, the same in each run; the first is the application's."""
    return uuid5(NAMESPACE_URL, "/".join(map(str, names)))


async def insert(sql: SqlConnection, table: str, *rows: Mapping[str, Any]) -> None:
    """Insert rows, but those that are there; objects, and lists of objects, become JSON."""
    for names, alike in groupby(rows, key=tuple):
        statement = SQL("insert into {} ({}) values ({}) on conflict do nothing").format(
            Identifier(*table.split(".")),
            SQL(", ").join(map(Identifier, names)),
            SQL(", ").join(Placeholder() * len(names)),
        )
        await sql.cursor().executemany(statement, [[_as_stored(row[name]) for name in names] for row in alike])


async def import_rows(sql: SqlConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows of the same columns in one statement, as the table's owner and telling nobody."""
    await sql.execute("select kit.import_rows(%s, %s)", (table, Jsonb(rows, dumps=orjson.dumps)))


async def import_once(sql: SqlConnection, table: str, rows: Iterable[Mapping[str, Any]], **those: object) -> bool:
    """Hand rows to the application's own `import_<table>(jsonb)`, unless the table has some of those: time goes on.

    Tells whether that was done. `those` are columns with their values; `rows` are not asked for before they are needed.
    """
    where = SQL(" and ").join(SQL("{} = {}").format(Identifier(name), Placeholder(name)) for name in those)
    found = await sql.execute(SQL("select from {} where {} limit 1").format(Identifier(table), where), those)
    if found.rowcount:
        return False
    await sql.execute("set local statement_timeout = '60s'")
    imports = SQL("select {}(%s)").format(Identifier(f"import_{table}"))
    await sql.execute(imports, (Jsonb(list(rows), dumps=orjson.dumps),))
    return True


async def import_people(sql: SqlConnection, people: Mapping[UUID, Name]) -> None:
    """Make people under these ids, who cannot sign in: many more than `Demo.person` would in the same time."""
    account = {"aud": "authenticated", "role": "authenticated", "email_confirmed_at": datetime.now(UTC)}
    provider = {"provider": "email", "providers": ["email"]}
    rows = [
        {
            **account,
            "id": user_id,
            "email": one.email,
            "raw_app_meta_data": provider,
            "raw_user_meta_data": {"full_name": one.full_name},
        }
        for user_id, one in people.items()
    ]
    await import_rows(sql, "auth.users", rows)


async def open_organisation(
    sql: SqlConnection, demo: Demo, values: Mapping[str, Any], members: Mapping[UUID, str]
) -> None:
    """Make an organisation of the demo, which knows where its portal is, with its members and their roles.

    `values` are columns of `auth.organisations`: `id`, `slug`, `name`, `timezone`, `currency`.
    """
    settings = {"environment": "demo", "portal_url": demo.url}
    await insert(sql, "auth.organisations", {**values, "settings": settings})
    await sql.execute("update auth.organisations set settings = %s where id = %s", (Jsonb(settings), values["id"]))
    memberships = [{"organisation_id": values["id"], "user_id": user, "role": role} for user, role in members.items()]
    await insert(sql, "auth.memberships", *memberships)


def _as_stored(value: Any) -> Any:
    """Arrays of PostgreSQL are lists of plain values; everything else that JSON has is JSON."""
    is_json = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))
    return Jsonb(value) if is_json else value
