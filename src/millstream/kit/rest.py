"""What routes over rows share: lists in pages, one row, steps with it, `ETag` and `If-Match`, the same routes twice.

Used in routers of an application, whose transactions and operations decide what the caller sees and may do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response
from fastapi.routing import APIRoute
from psycopg.sql import SQL, Composable, Identifier, Placeholder
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from millstream.app import Caller, Operation, OperationError, SqlConnection, refusal
from millstream.app.routes import RouteCaller
from millstream.kit.versions import etag, parse_if_match

Item = TypeVar("Item")
Answer = TypeVar("Answer", bound=BaseModel)

JsonObject = Annotated[dict[str, Any], BeforeValidator(lambda value: json.loads(json.dumps(value, default=float)))]
"""An object with the numbers that an answer had the first time: repeated ones are remembered as decimals."""

DayOrTime = Annotated[AwareDatetime | date | None, Field(union_mode="left_to_right")]


class Paging(BaseModel):
    """Which page of a list, of how many."""

    page: int = Field(1, ge=1, le=10_000)
    limit: int = Field(50, ge=1, le=200)


class Span(Paging):
    """A page of what begins on some days, by the clocks of its place, or at some times.

    A subclass has a field for each column that may be given, under its name.
    """

    model_config = ConfigDict(populate_by_name=True)

    start_date: DayOrTime = Field(None, alias="startDate", description="The first day or time at which they begin.")
    end_date: DayOrTime = Field(None, alias="endDate", description="The last day or time at which they begin.")


class Page(BaseModel, Generic[Item]):
    """Some of a list, and how long it is."""

    data: list[Item]
    page: int
    limit: int
    total: int
    totalPages: int  # noqa: N815 -- the name that clients know


async def list_rows(sql: SqlConnection, table: str, item: type[Item], wanted: Span, *, starts: str) -> Page[Item]:
    """Return a page of the rows that the caller may see and wants, what begins last first.

    `starts` is the column in which they begin; days are those of the column `timezone`.
    """
    given = wanted.model_dump(exclude_none=True)
    conditions = [_condition(name, value, starts) for name, value in given.items() if name not in Paging.model_fields]
    rows = SQL("select * from {} where {}").format(Identifier(table), SQL(" and ").join([SQL("true"), *conditions]))
    found = await read_page(sql, rows, SQL("{} desc, id").format(Identifier(starts)), given, wanted)
    return Page[item].model_validate(found)  # type: ignore[valid-type]


async def read_page(
    sql: SqlConnection, rows: Composable, order: Composable, parameters: Mapping[str, Any], wanted: Paging
) -> dict[str, Any]:
    """Return what makes a `Page` of a query's rows, each an object of the query's columns."""
    counted = await sql.execute(SQL("select count(*) as total from ({}) as row").format(rows), parameters)
    [count] = await counted.fetchall()
    found = await sql.execute(
        SQL("{} order by {} limit %(_limit)s offset %(_offset)s").format(rows, order),
        {**parameters, "_limit": wanted.limit, "_offset": (wanted.page - 1) * wanted.limit},
    )
    pages = -(-count["total"] // wanted.limit)
    return {
        **wanted.model_dump(include={"page", "limit"}),
        **count,
        "totalPages": pages,
        "data": await found.fetchall(),
    }


async def read_row(sql: SqlConnection, table: str, row_id: UUID, unknown: type[OperationError]) -> dict[str, Any]:
    """Return a row that the caller may see; raise `unknown` for any other."""
    cursor = await sql.execute(SQL("select * from {} where id = %s").format(Identifier(table)), (row_id,))
    row = await cursor.fetchone()
    if row is None:
        raise unknown
    return row


class RowSteps:
    """Takes steps with a row as the caller of a route; see `Steps`."""

    def __init__(self, caller: RouteCaller, response: Response) -> None:
        self._caller = caller
        self._response = response

    async def __call__(
        self, step: Operation[..., Any], answer: type[Answer], given: BaseModel | None = None, **arguments: Any
    ) -> Answer:
        """Run an operation with the fields of a body and these arguments; answer its row, with its version as ETag."""
        row = await self._caller.run(step, **arguments, **dict(given or ()))
        return answer.model_validate(tag(self._response, row))


def _steps(caller: Caller, response: Response) -> RowSteps:
    return RowSteps(caller, response)


Steps = Annotated[RowSteps, Depends(_steps)]
"""How a route takes a step with a row: `return await take(cancel_booking, Booking, wanted, booking_id=booking_id)`."""


def _version(if_match: Annotated[str | None, Header()] = None) -> int | None:
    return parse_if_match(if_match)


IfMatch = Annotated[int | None, Depends(_version)]
"""The version in an If-Match header; refused where it is none."""


@contextmanager
def matching(version: int | None, changed: type[OperationError]) -> Iterator[None]:
    """Answer 412 instead of `changed` where the client asked for that by If-Match (RFC 9110, section 15.5.13)."""
    try:
        yield
    except changed as error:
        if version is None:
            raise
        raise refusal(error.code, error.text, status=412)(error.message, facts=error.facts) from None


def tag(response: Response, row: dict[str, Any]) -> dict[str, Any]:
    """Send the row's version as ETag; return the row."""
    response.headers["etag"] = etag(row["version"])
    return row


def also_below(path: str, router: APIRouter) -> APIRouter:
    """Return the router's routes once more, below another path, which the OpenAPI text leaves out."""
    again = APIRouter(include_in_schema=False)
    for route in router.routes:
        if isinstance(route, APIRoute):
            below = path + route.path.removeprefix(router.prefix)
            again.add_api_route(below, route.endpoint, methods=list(route.methods or ()), status_code=route.status_code)
    return again


def _condition(name: str, value: Any, starts: str) -> Composable:
    """Compare a column with what was given, the time with a time, or with a day by the clocks of the place."""
    bounds = {"start_date": SQL(">="), "end_date": SQL("<=")}
    if name not in bounds:
        return SQL("{} = {}").format(Identifier(name), Placeholder(name))
    begins = SQL("{}" if isinstance(value, datetime) else "timezone(timezone, {})::date").format(Identifier(starts))
    return SQL("{} {} {}").format(begins, bounds[name], Placeholder(name))
