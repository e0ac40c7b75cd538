"""What a client hears of an error of PostgreSQL: the HTTP status of its SQLSTATE, and errors that SQL wrote itself.

Receives the fields of an error from `rest.transaction`; hands a `Response` to `asgi.rest`. SQL may raise SQLSTATE
`PTxyz` for a status, or `PGRST` with JSON for the whole answer. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

from millstream.postgrest import media
from millstream.postgrest.errors import NotSingular, PutKeyMismatch, RaiseInvalid, TooManyAffected
from millstream.postgrest.plan import Insert, Plan
from millstream.postgrest.response import Header, Response, error_response, is_header
from millstream.postgrest.sql.statement import GUARD_MARK

_EXACT = {
    "23503": 409,
    "23505": 409,
    "25006": 405,
    "53400": 500,
    "57P01": 503,
    "P0001": 400,
    "42883": 404,
    "42P01": 404,
    "42P17": 500,
    "21000": 500,
}
_CLASSES = {
    "08": 503,
    "09": 500,
    "0L": 403,
    "0P": 403,
    "25": 500,
    "28": 403,
    "2D": 500,
    "38": 500,
    "39": 500,
    "3B": 500,
    "40": 500,
    "53": 503,
    "54": 500,
    "55": 500,
    "57": 500,
    "58": 500,
    "F0": 500,
    "HV": 500,
    "P0": 500,
    "XX": 500,
}
_GUARD = re.compile(re.escape(GUARD_MARK) + r"(\d+)")
_MESSAGE_HINT = (
    "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
)
_DETAIL_HINT = "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."


@dataclass(frozen=True, slots=True)
class SqlError:
    """The fields of an error that PostgreSQL reported."""

    sqlstate: str
    message: str
    detail: str | None = None
    hint: str | None = None


def status_of(error: SqlError, *, authenticated: bool) -> int:
    """Return the HTTP status of an SQLSTATE; what the table does not know is the caller's fault."""
    state = error.sqlstate
    if state == "42501":
        return 403 if authenticated else 401
    if state.startswith("PT"):
        return _raised_status(state[2:])
    if state == "21000" and error.message.endswith("requires a WHERE clause"):
        return 400
    if state == "22023" and error.message.startswith("role ") and error.message.endswith("does not exist"):
        return 401
    return _EXACT.get(state) or _CLASSES.get(state[:2], 400)


def _raised_status(text: str) -> int:
    return int(text) if text.isdigit() and 100 <= int(text) <= 599 else 500


def sql_error_response(error: SqlError, *, authenticated: bool) -> Response:
    """Build the answer for an error of PostgreSQL."""
    if error.sqlstate == "PGRST":
        try:
            return _raised(error)
        except RaiseInvalid as invalid:
            return error_response(invalid)
    status = status_of(error, authenticated=authenticated)
    body = {"code": error.sqlstate, "message": error.message, "details": error.detail, "hint": error.hint}
    headers = _headers(error.sqlstate)
    if status == 401:
        headers.append(("WWW-Authenticate", "Bearer"))
    return Response(status, headers, orjson.dumps(body))


def _headers(code: str) -> list[Header]:
    return [("Content-Type", f"{media.JSON}; charset=utf-8"), ("Proxy-Status", f"PostgREST; error={code}")]


def _raised(error: SqlError) -> Response:
    """Build the answer that SQL wrote: its body in MESSAGE, its status and headers in DETAIL."""
    message = _object(error.message)
    if message is None or not isinstance(message.get("code"), str) or not isinstance(message.get("message"), str):
        raise RaiseInvalid(f"Invalid JSON value for MESSAGE: '{error.message}'", _MESSAGE_HINT)
    if error.detail is None:
        raise RaiseInvalid("DETAIL is missing in the RAISE statement", _DETAIL_HINT)
    detail = _object(error.detail)
    if detail is None or not _is_detail(detail):
        raise RaiseInvalid(f"Invalid JSON value for DETAIL: '{error.detail}'", _DETAIL_HINT)
    body = {name: message.get(name) for name in ("code", "message", "details", "hint")}
    code = message["code"] if is_header("code", message["code"]) else "PGRST"
    return Response(detail["status"], [*_headers(code), *detail["headers"].items()], orjson.dumps(body))


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _is_detail(detail: dict[str, Any]) -> bool:
    status, headers = detail.get("status"), detail.get("headers")
    if not isinstance(status, int) or not 100 <= status <= 599 or not isinstance(headers, dict):
        return False
    return all(isinstance(value, str) and is_header(name, value) for name, value in headers.items())


def guard_error(plan: Plan, error: SqlError) -> NotSingular | PutKeyMismatch | TooManyAffected | None:
    """Return what a plan's own guard meant by its error, or None when the error is another."""
    match = _GUARD.search(error.message) if error.sqlstate == "22P02" else None
    if match is None:
        return None
    rows = int(match[1])
    if isinstance(plan.before, Insert) and plan.before.where and rows != 1:
        return PutKeyMismatch()
    if plan.max_affected is not None and rows > plan.max_affected:
        return TooManyAffected(rows)
    return NotSingular(rows) if plan.singular else None
