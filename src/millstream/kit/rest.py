"""What routes over rows share: lists in pages, `ETag` and `If-Match` of a row's version, the same routes twice.

Used in routers of an application, whose transactions and operations decide what the caller sees and may do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Generic, LiteralString, TypeVar

from fastapi import APIRouter, Depends, Header, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from millstream.app import OperationError, SqlConnection, refusal
from millstream.kit.versions import etag, parse_if_match

Item = TypeVar("Item")


class Paging(BaseModel):
    """Which page of a list, of how many."""

    page: int = Field(1, ge=1, le=10_000)
    limit: int = Field(50, ge=1, le=200)


class Page(BaseModel, Generic[Item]):
    """Some of a list, and how long it is."""

    data: list[Item]
    page: int
    limit: int
    total: int
    totalPages: int  # noqa: N815 -- the name that clients know


async def read_page(
    sql: SqlConnection, rows: LiteralString, order: LiteralString, parameters: Mapping[str, Any], wanted: Paging
) -> dict[str, Any]:
    """Return what makes a `Page` of a query's rows, each an object of the query's columns."""
    counted = await sql.execute(f"select count(*) as total from ({rows}) as row", parameters)
    [count] = await counted.fetchall()
    found = await sql.execute(
        f"{rows} order by {order} limit %(_limit)s offset %(_offset)s",
        {**parameters, "_limit": wanted.limit, "_offset": (wanted.page - 1) * wanted.limit},
    )
    pages = -(-count["total"] // wanted.limit)
    return {
        **wanted.model_dump(include={"page", "limit"}),
        **count,
        "totalPages": pages,
        "data": await found.fetchall(),
    }


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
