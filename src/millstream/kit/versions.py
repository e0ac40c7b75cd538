"""Edits that lose nobody's change, and versions as HTTP writes them (RFC 9110, sections 8.8.3 and 13.1.1).

The rule is `kit.edit`, which runs as the caller: policies and grants decide what he may change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from millstream.kit.errors import IfMatchUnclear

_ETAG = re.compile(r'\s*(?:W/)?"(\d{1,9})"\s*')


async def edit(
    sql: AsyncConnection[DictRow],
    table: str,
    row_id: object,
    *,
    changes: Mapping[str, Any],
    original: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    """Change fields of a versioned row, and return the row as JSON values.

    `version` is the one that the caller saw and `original` the values that he saw then: without them, every field that
    differs counts as changed by somebody else. The database refuses with what KIT_ERRORS makes EditConflict.
    """
    cursor = await sql.execute(
        "select kit.edit(%s::regclass, %s, %s, %s, %s) as edited",
        (table, str(row_id), Jsonb(dict(changes)), Jsonb(dict(original)) if original is not None else None, version),
    )
    [row] = await cursor.fetchall()
    return dict(row["edited"])


def etag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


def parse_if_match(header: str | None) -> int | None:
    """Return the version in an If-Match header, None for no header or `*`; raise IfMatchUnclear for anything else."""
    if header is None or header.strip() == "*":
        return None
    found = _ETAG.fullmatch(header)
    if found is None:
        raise IfMatchUnclear
    return int(found[1])
