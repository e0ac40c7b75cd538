"""The body of a write or a call: checked just enough to be handed to PostgreSQL as one parameter.

A JSON body goes on as it came; only its keys are looked at, and not even they when `columns` names them. CSV and
url-encoded bodies become JSON. Pure.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import orjson

from millstream.postgrest.errors import BodyInvalid
from millstream.postgrest.media import CSV, JSON, OCTETS, TEXT, URL_ENCODED, XML
from millstream.postgrest.query_params import decode

RAW_TYPES = {TEXT: "text", XML: "xml", OCTETS: "bytea"}
_BLANK = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Payload:
    """A body as a parameter. `keys` are the columns or arguments it names; `is_object` tells `{…}` from `[…]`."""

    body: str | bytes | None
    keys: tuple[str, ...] = ()
    is_object: bool = True
    is_raw: bool = False


def read_payload(body: bytes, content_type: str, columns: tuple[str, ...] | None) -> Payload:
    """Read a body by its content type; raise `BodyInvalid` when it is not what that says."""
    if content_type == JSON:
        return _json(body, columns)
    if content_type == CSV:
        return _csv(body, columns)
    if content_type == URL_ENCODED:
        return _url_encoded(body)
    if content_type in RAW_TYPES:
        return _raw(body, content_type)
    raise BodyInvalid(f"Content-Type not acceptable: {content_type}")


def _json(body: bytes, columns: tuple[str, ...] | None) -> Payload:
    start = body.lstrip(_BLANK)[:1]
    if b"\\u0000" in body or b"\0" in body:
        raise BodyInvalid("Empty or invalid json", details="A text in PostgreSQL holds no NUL character.")
    if not start:
        return Payload(b"{}", columns or ())
    if columns is not None:
        return Payload(body, columns, is_object=start == b"{")
    value = _loads(body)
    if isinstance(value, dict):
        return Payload(body, tuple(value))
    return Payload(body, _common_keys(value), is_object=False)


def _loads(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BodyInvalid("Empty or invalid json") from None


def _common_keys(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    if not all(isinstance(row, dict) for row in value):
        raise BodyInvalid("All object keys must match")
    if not value:
        return ()
    keys = value[0].keys()
    if any(row.keys() != keys for row in value):
        raise BodyInvalid("All object keys must match")
    return tuple(keys)


def _csv(body: bytes, columns: tuple[str, ...] | None) -> Payload:
    try:
        lines = [line for line in csv.reader(io.StringIO(body.decode()), strict=True) if line]
    except (csv.Error, UnicodeDecodeError):
        raise BodyInvalid("The body is no CSV") from None
    header, *rows = lines or [[]]
    if any(len(row) != len(header) for row in rows):
        raise BodyInvalid("All lines must have same number of fields")
    values = [{name: None if text == "NULL" else text for name, text in zip(header, row, strict=True)} for row in rows]
    return Payload(orjson.dumps(values), columns or tuple(header), is_object=False)


def _url_encoded(body: bytes) -> Payload:
    pairs = (part.partition(b"=") for part in body.split(b"&") if part)
    values = {decode(name): decode(value) for name, _, value in pairs}
    return Payload(orjson.dumps(values), tuple(values))


def _raw(body: bytes, content_type: str) -> Payload:
    if content_type == OCTETS:
        return Payload("\\x" + body.hex(), is_raw=True)
    try:
        return Payload(body.decode(), is_raw=True)
    except UnicodeDecodeError:
        raise BodyInvalid("The body is not UTF-8") from None
