"""What a request asks for, before any schema is known: method, target, profile, preferences, media types, ranges.

Receives the raw parts of an HTTP request from `asgi.rest` through `rest.handler`; hands `Request` to `planner`. `Head`
is the part of a request that a cached plan depends on; values of the query string are not in it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from millstream.postgrest.errors import (
    MethodNotForRpc,
    MethodNotSupported,
    PathInvalid,
    RangeNotSatisfiable,
    SchemaNotExposed,
)
from millstream.postgrest.media import JSON, MediaType, parse_accept
from millstream.postgrest.preferences import Preferences, parse_preferences
from millstream.postgrest.query_params import QueryParams, Target, Window, parse_query

_RANGE = re.compile(r"(?:items=)?([0-9]{1,18})-([0-9]{0,18})")
_READS = frozenset({"GET", "HEAD"})
_WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})
_METHODS = _READS | _WRITES | {"OPTIONS"}


class Head(NamedTuple):
    """The request line and the headers that the dialect knows, as sent. Equal heads and shapes have equal plans."""

    method: str
    path: str
    accept: str = ""
    content_type: str = ""
    prefer: str = ""
    range: str = ""
    accept_profile: str | None = None
    content_profile: str | None = None

    @classmethod
    def from_headers(cls, method: str, path: str, headers: Mapping[str, str]) -> Head:
        """Take what the dialect knows out of the headers, whose names are in lower case."""
        get = headers.get
        return cls(
            method,
            path,
            get("accept", ""),
            get("content-type", ""),
            get("prefer", ""),
            get("range", "") if method in _READS else "",
            get("accept-profile"),
            get("content-profile"),
        )


@dataclass(frozen=True, slots=True)
class Request:
    """A request, parsed. `name` is a relation or a function; both empty is the root of the schema."""

    method: str
    schema: str
    name: str
    is_function: bool
    query: QueryParams
    preferences: Preferences
    accept: tuple[MediaType, ...]
    content_type: str
    window: Window
    profiled: bool = False

    @property
    def is_read(self) -> bool:
        """Say whether the method promises to change nothing."""
        return self.method in _READS

    @property
    def wants_body(self) -> bool:
        """Say whether the answer has a body."""
        return self.method != "HEAD"

    @property
    def is_root(self) -> bool:
        """Say whether the schema as a whole is asked for."""
        return not self.name


def parse(head: Head, query: bytes, schemas: Sequence[str], timezones: frozenset[str] = frozenset()) -> Request:
    """Parse a request; raise the `DialectError` that its first fault deserves. `schemas` are the exposed ones."""
    name, is_function = _target(head.path)
    _check_method(head.method, is_function)
    schema = _schema(head, schemas)
    target: Target = "relation"
    if is_function:
        target = "function-read" if head.method in _READS or head.method == "OPTIONS" else "function"
    params = parse_query(query, target)
    return Request(
        method=head.method,
        schema=schema,
        name=name,
        is_function=is_function,
        query=params,
        preferences=_preferences(head.prefer, timezones),
        accept=parse_accept(head.accept),
        content_type=head.content_type.partition(";")[0].strip().lower() or JSON,
        window=_window(head, params),
        profiled=len(schemas) > 1,
    )


def _target(path: str) -> tuple[str, bool]:
    parts = [unquote_to_bytes(part).decode("utf-8", "replace") for part in path.split("/") if part]
    if not parts:
        return "", False
    if len(parts) == 1 and parts[0] != "rpc":
        return parts[0], False
    if len(parts) == 2 and parts[0] == "rpc":
        return parts[1], True
    raise PathInvalid


def _check_method(method: str, is_function: bool) -> None:
    if method not in _METHODS:
        raise MethodNotSupported(method)
    if is_function and method in _WRITES and method != "POST":
        raise MethodNotForRpc(method)


def _schema(head: Head, schemas: Sequence[str]) -> str:
    asked = head.content_profile if head.method in _WRITES else head.accept_profile
    if asked is None:
        return schemas[0]
    if asked not in schemas:
        raise SchemaNotExposed(asked, schemas)
    return asked


def _preferences(header: str, timezones: frozenset[str]) -> Preferences:
    found = parse_preferences(header)
    if found.timezone is None or found.timezone in timezones:
        return found
    return replace(found, timezone=None, unknown=(*found.unknown, f"timezone={found.timezone}"))


def _window(head: Head, params: QueryParams) -> Window:
    asked = params.root_window()
    match = _RANGE.fullmatch(head.range.strip())
    if match is None:
        return asked
    lower = int(match[1])
    upper = int(match[2]) if match[2] else None
    if upper is not None and upper < lower:
        raise RangeNotSatisfiable(
            "The lower boundary must be lower than or equal to the upper boundary in the Range header."
        )
    return _narrowed(asked, lower, upper)


def _narrowed(asked: Window, lower: int, upper: int | None) -> Window:
    """Return the part of both windows: the header narrows what the query string asks for."""
    offset = max(asked.offset, lower)
    ends = []
    if asked.limit is not None:
        ends.append(asked.offset + asked.limit)
    if upper is not None:
        ends.append(upper + 1)
    return Window(max(min(ends) - offset, 0) if ends else None, offset)
