"""Streams the rows of a query as a file, a few hundred at a time, in the transaction of whoever may see them.

Called by routes of applications. The transaction opens with the first row and lasts until the last one is sent, so that
the file is one moment of the data however long it is; memory does not grow with it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from enum import StrEnum
from itertools import chain
from typing import Any
from urllib.parse import quote

from starlette.responses import StreamingResponse

from millstream.app import Context
from millstream.kit.csv.writing import BYTE_ORDER_MARK, csv_rows, json_row

_ROWS_AT_ONCE = 500


class Form(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The type of the file, for HTTP."""
        return "text/csv; charset=utf-8" if self is Form.CSV else "application/json"


async def export_response(
    opened: AbstractAsyncContextManager[Context],
    query: str,
    parameters: Mapping[str, Any],
    *,
    name: str,
    form: Form = Form.CSV,
) -> StreamingResponse:
    """Return the rows of a query as a download called `name`; what goes wrong before the first row is raised.

    `opened` is the transaction, not yet entered: `caller.transaction(read_only=True)`.
    """
    pieces = exported(opened, query, parameters, form=form)
    first = await anext(pieces)

    async def all_pieces() -> AsyncIterator[bytes]:
        async with aclosing(pieces):
            yield first
            async for piece in pieces:
                yield piece

    file = quote(f"{name}.{form}")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{file}", "cache-control": "private, no-store"}
    return StreamingResponse(all_pieces(), media_type=form.media_type, headers=headers)


async def exported(
    opened: AbstractAsyncContextManager[Context], query: str, parameters: Mapping[str, Any], *, form: Form
) -> AsyncGenerator[bytes, None]:
    """Yield the file in pieces; CSV begins with a line of the columns' names."""
    async with opened as context, context.sql.cursor(name="export") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        await cursor.execute(query.encode(), parameters)
        columns = [column.name for column in cursor.description or ()]
        first = True
        while rows := await cursor.fetchmany(_ROWS_AT_ONCE):
            yield _piece(form, columns, rows, first=first)
            first = False
        yield _end(form, columns, empty=first)


def _piece(form: Form, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, first: bool) -> bytes:
    if form is Form.JSON:
        return (b"[" if first else b",") + b",\n".join(map(json_row, rows))
    lines = [row.values() for row in rows]
    if not first:
        return csv_rows([list(line) for line in lines])
    return BYTE_ORDER_MARK + csv_rows([list(line) for line in chain([columns], lines)])


def _end(form: Form, columns: Sequence[str], *, empty: bool) -> bytes:
    if form is Form.JSON:
        return b"[]\n" if empty else b"]\n"
    return BYTE_ORDER_MARK + csv_rows([columns]) if empty else b""
