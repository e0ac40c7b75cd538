"""The answer: status, headers and body from a plan and the one row that its statement returned.

Receives `Outcome` from `rest.transaction`; hands `Response` to `asgi.rest`. The body is the bytes that PostgreSQL made.
Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from millstream.postgrest import media
from millstream.postgrest.errors import (
    DialectError,
    NotSingular,
    RangeNotSatisfiable,
    RequestRateExceeded,
    ResponseHeadersInvalid,
    ResponseStatusInvalid,
)
from millstream.postgrest.plan import Call, Insert, Plan
from millstream.postgrest.preferences import applied
from millstream.postgrest.query_params import canonical
from millstream.postgrest.request import Request

Header = tuple[str, str]
_READ_PREFERENCES = ("count", "transaction", "handling", "timezone")
_CHANGE_PREFERENCES = (*_READ_PREFERENCES, "representation", "missing", "max_affected")
_INSERT_PREFERENCES = (*_READ_PREFERENCES, "representation", "missing", "resolution", "max_affected")


class Outcome(NamedTuple):
    """What the statement returned. `total` counts all rows, `page_total` those of this page."""

    page_total: int
    body: bytes = b""
    total: int | None = None
    headers: bytes | None = None
    status: bytes | None = None
    inserted: int | None = None
    location: bytes | None = None


@dataclass(slots=True)
class Response:
    """A status, headers in order, and a body; None is an answer that has no body at all, not even an empty one."""

    status: int
    headers: list[Header]
    body: bytes | None


def build_response(request: Request, plan: Plan, outcome: Outcome, fixed: Sequence[Header]) -> Response:
    """Build the answer; raise the `DialectError` that takes its place. `fixed` are its `read_headers`."""
    if plan.singular and plan.body.shape != "none" and plan.read_only and outcome.page_total != 1:
        raise NotSingular(outcome.page_total)
    if plan.body.media.plan_format is not None:
        return Response(200, [("Content-Type", plan.body.media.content_type)], outcome.body)
    if isinstance(plan.before, Call):
        answer = _called(request, plan, outcome)
    elif plan.before is None:
        answer = _read(request, plan, outcome, fixed)
    else:
        answer = _written(request, plan, outcome)
    return _overridden(answer, outcome)


def _media_headers(request: Request, plan: Plan) -> list[Header]:
    headers = [("Content-Type", plan.body.media.content_type)]
    return [*headers, ("Content-Profile", request.schema)] if request.profiled else headers


def _applied(request: Request, names: tuple[str, ...]) -> list[Header]:
    value = applied(request.preferences, names)
    return [] if value is None else [("Preference-Applied", value)]


def content_range(first: int, last: int, total: int | None) -> str:
    """Return the value of `Content-Range`; no rows are `*`, an unknown total too."""
    rows = f"{first}-{last}" if first <= last else "*"
    return f"{rows}/{'*' if total is None else total}"


def _ranged(plan: Plan, outcome: Outcome) -> tuple[int, Header]:
    """Return the status and `Content-Range` of a page; raise when it begins behind the last row."""
    first = plan.window.offset
    last = first + outcome.page_total - 1
    total = outcome.total
    header = ("Content-Range", content_range(first, last, total))
    if total is None:
        return 200, header
    if first > total or (first > 0 and first == total):
        raise RangeBeyond(first, total)
    return (206 if 1 + last - first < total else 200), header


class RangeBeyond(RangeNotSatisfiable):
    """The offset lies behind the last row; the answer says how many there are."""

    def __init__(self, offset: int, total: int) -> None:
        super().__init__(f"An offset of {offset} was requested, but there are only {total} rows.")
        self.total = total


def read_headers(request: Request, plan: Plan, query: bytes) -> list[Header]:
    """Return those headers of a read that are the same each time; `query` is the raw query string.

    `Content-Location` is where exactly this answer is found.
    """
    arguments = canonical(query)
    location = f"/{quote(request.name, safe='')}{'?' if arguments else ''}{arguments}"
    return [("Content-Location", location), *_media_headers(request, plan), *_applied(request, _READ_PREFERENCES)]


def _read(request: Request, plan: Plan, outcome: Outcome, fixed: Sequence[Header]) -> Response:
    status, ranged = _ranged(plan, outcome)
    return Response(status, [ranged, *fixed], outcome.body if request.method != "HEAD" else b"")


def _called(request: Request, plan: Plan, outcome: Outcome) -> Response:
    assert isinstance(plan.before, Call)  # noqa: S101 - the caller asked
    status, ranged = _ranged(plan, outcome)
    headers = [ranged, *_applied(request, (*_READ_PREFERENCES, "max_affected"))]
    if plan.before.function.returns.is_void:
        return Response(204, headers, None)
    return Response(status, [*headers, *_media_headers(request, plan)], outcome.body)


def _written(request: Request, plan: Plan, outcome: Outcome) -> Response:
    counted = outcome.page_total if request.preferences.counts else None
    if isinstance(plan.before, Insert):
        return _inserted(request, plan, outcome, counted)
    headers = [] if request.method == "PUT" else [("Content-Range", _changed_range(request, outcome, counted))]
    headers += _applied(request, _CHANGE_PREFERENCES)
    if request.preferences.representation != "representation":
        return Response(204, headers, None)
    return Response(200, [*headers, *_media_headers(request, plan)], outcome.body)


def _changed_range(request: Request, outcome: Outcome, counted: int | None) -> str:
    last = outcome.page_total - 1 if request.method == "PATCH" else -1
    return content_range(0, last, counted)


def _inserted(request: Request, plan: Plan, outcome: Outcome, counted: int | None) -> Response:
    assert isinstance(plan.before, Insert)  # noqa: S101 - the caller asked
    put = request.method == "PUT"
    representation = request.preferences.representation
    only_updated = (outcome.inserted or 0) <= 0
    headers: list[Header] = _location(request, outcome)
    if not put:
        headers.append(("Content-Range", content_range(1, 0, counted)))
    resolves = bool(plan.before.table.key) or request.query.on_conflict is not None
    names = _CHANGE_PREFERENCES if put else _INSERT_PREFERENCES
    headers += _applied(request, tuple(one for one in names if one != "resolution" or resolves))
    if representation == "representation":
        status = 200 if only_updated and plan.before.merge else 201
        return Response(status, [*headers, *_media_headers(request, plan)], outcome.body)
    if put:
        return Response(204, headers, None)
    return Response(200 if only_updated and plan.before.merge else 201, headers, b"")


def _location(request: Request, outcome: Outcome) -> list[Header]:
    if outcome.location is None:
        return []
    pairs = [(key, "is.null" if value is None else f"eq.{value}") for key, value in orjson.loads(outcome.location)]
    query = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in pairs)
    return [("Location", f"/{quote(request.name, safe='')}?{query}")]


def _overridden(answer: Response, outcome: Outcome) -> Response:
    """Put in what SQL set as `response.status` and `response.headers`; its headers replace ours."""
    if outcome.status is None and outcome.headers is None:
        return answer
    status = answer.status if outcome.status is None else _status(outcome.status)
    if outcome.headers is None:
        return Response(status, answer.headers, answer.body)
    given = _given_headers(outcome.headers)
    names = {name.lower() for name, _ in given}
    kept = [header for header in answer.headers if header[0].lower() not in names]
    return Response(status, [*kept, *given], answer.body)


def _status(text: bytes) -> int:
    if not text.isdigit() or not 100 <= int(text) <= 599:
        raise ResponseStatusInvalid
    return int(text)


def _given_headers(text: bytes) -> list[Header]:
    try:
        items = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ResponseHeadersInvalid from None
    if not isinstance(items, list):
        raise ResponseHeadersInvalid
    return [_given_header(item) for item in items]


def _given_header(item: Any) -> Header:
    if not isinstance(item, dict) or len(item) != 1:
        raise ResponseHeadersInvalid
    ((name, value),) = item.items()
    if not isinstance(value, str) or not is_header(name, value):
        raise ResponseHeadersInvalid
    return name, value


def is_header(name: str, value: str) -> bool:
    """Say whether name and value can stand in a response (RFC 9110, section 5): no line ends, no blank names."""
    if not name or not name.isascii() or not all(character.isalnum() or character in "-_" for character in name):
        return False
    return all(" " <= character != "\x7f" for character in value)


def error_response(error: DialectError) -> Response:
    """Build the answer that tells a client of an error."""
    headers = [("Content-Type", f"{media.JSON}; charset=utf-8"), ("Proxy-Status", f"PostgREST; error={error.code}")]
    if isinstance(error, RangeBeyond):
        headers.append(("Content-Range", content_range(1, 0, error.total)))
    if isinstance(error, RequestRateExceeded):
        headers.append(("Retry-After", str(error.retry_after_seconds)))
    if error.status == 401:
        headers.append(("WWW-Authenticate", _challenge(error)))
    return Response(error.status, headers, orjson.dumps(error.body()))


def _challenge(error: DialectError) -> str:
    if error.code in {"PGRST301", "PGRST303"}:
        return f'Bearer error="invalid_token", error_description="{error.message}"'
    return "Bearer"
