"""One statement for many callers: their values as columns of a table, in the place of what a policy asks of a caller.

Made by `predicate` where the policies ask for the caller by known functions alone, which `catalog_queries` tells; used
by `crowd_visibility`. Pure: builds text only; no value is ever part of it. A caller of whom one of these functions
might fail is not for such a statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from millstream.pgwire.quoting import quote_identifier
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.caller_value import UNKNOWN, CallerValue, Source, is_plain
from millstream.policy.predicates.row_literal import encode_array
from millstream.policy.schema.table import Table

_CALLER, _ROW = "millstream caller", "millstream row"
# Quoted texts and names are left alone; of calls only those without arguments are such.
_CALL = re.compile(
    r"""(?P<kept>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*")|auth\.(?P<name>uid|role|jwt)\(\)"""
)
_TYPES = {Source.UID: "uuid", Source.ROLE: "text", Source.JWT: "jsonb"}
_UID = CallerValue(Source.UID)


def of_callers(expression: str, knows: Callable[[str], bool]) -> str | None:
    """Return the expression with columns of the callers for calls; None where a function is not known."""
    names: set[str] = set()

    def column(found: re.Match[str]) -> str:
        if found["kept"] is not None:
            return found[0]
        names.add(found["name"])
        return f'"{_CALLER}"."{_CALLER} {found["name"]}"'

    replaced = _CALL.sub(column, expression)
    return replaced if names and all(map(knows, names)) else None


def callers_query(table: Table, expression: str) -> str:
    """Return a query of pairs: the number of a row, and that of a caller of whom the expression holds with it.

    `$1` are rows as for `predicate.rows_query`, `$2` and so on the callers' values as `callers_values` gives them; both
    are counted from one. What is asked is a join, so that its cost need not grow with the number of callers.
    """
    columns = ", ".join(quote_identifier(column.name) for column in table.columns)
    row_type = f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"
    rows = f'pg_catalog.unnest($1::{row_type}[]) WITH ORDINALITY AS {quote_identifier(table.name)}({columns}, "{_ROW}")'
    kinds = enumerate(_TYPES.values(), start=2)
    arrays = ", ".join(f"pg_catalog.unnest(${place}::pg_catalog.{kind}[])" for place, kind in kinds)
    names = ", ".join(f'"{_CALLER} {source}"' for source in _TYPES)
    callers = f'ROWS FROM ({arrays}) WITH ORDINALITY AS "{_CALLER}"({names}, "{_CALLER}")'
    return f'/* {table.oid} */ SELECT "{_ROW}", "{_CALLER}"."{_CALLER}" FROM {rows}, {callers} WHERE ({expression})'


def callers_values(expression: str, audiences: Sequence[Audience]) -> tuple[str, ...]:
    """Return the values of the callers, one array per function; those that are not asked for are left out."""
    arrays = []
    for source in _TYPES:
        used = f'"{_CALLER} {source}"' in expression or source is Source.ROLE
        arrays.append(encode_array(_value(source, audience) for audience in audiences) if used else "{}")
    return tuple(arrays)


def may_be_asked_with_others(audience: Audience) -> bool:
    """Tell whether what is asked of the caller is certain not to fail."""
    return audience.answer(_UID) is not UNKNOWN and is_plain(audience.claims.json)


def _value(source: Source, audience: Audience) -> str | None:
    if source is Source.JWT:
        return audience.claims.json
    if source is Source.ROLE:
        return audience.role
    answer = audience.answer(_UID)
    return answer if isinstance(answer, str) else None
