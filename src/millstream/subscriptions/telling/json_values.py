"""Values in PostgreSQL's text format as JSON, the way `to_jsonb` renders them. Pure.

Receives the types of a snapshot of the catalog; hands `payload` one encoder per column. Numbers, booleans, JSON, arrays
and composite values become native JSON, times ISO 8601, all else a string of the text. A type that is not known is
rendered as its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from millstream.policy.schema.table import TypeFacts

Encoder = Callable[[str], bytes]

_BOOL, _JSON, _JSONB, _TIMESTAMP, _TIMESTAMPTZ = 16, 114, 3802, 1114, 1184
_NUMBERS = frozenset({20, 21, 23, 700, 701, 1700})
_SPACED_VECTORS = frozenset({22, 30})  # int2vector, oidvector: arrays whose text form has no braces
_SHORT_OFFSET = re.compile(r"([+-]\d\d)( BC)?$")
_BOUNDS = re.compile(r"(?:\[-?\d+:-?\d+\])+=")


def encoder_of(type_oid: int, types: Mapping[int, TypeFacts]) -> Encoder:
    """Return the encoder of a type's values. PostgreSQL allows no type to contain itself."""
    simple = _SIMPLE.get(type_oid)
    facts = types.get(type_oid)
    if simple is not None or facts is None:
        return simple or orjson.dumps
    if facts.kind == "d":
        return encoder_of(facts.base_oid, types)
    if facts.kind == "a":
        return _array_encoder(facts, encoder_of(facts.element_oid, types))
    if facts.kind == "c":
        return _composite_encoder([(name, encoder_of(oid, types)) for name, oid in facts.fields])
    return orjson.dumps


def _number(text: str) -> bytes:
    """PostgreSQL prints numbers as JSON does, but for NaN and the infinities, which are strings in JSON."""
    return b'"' + text.encode() + b'"' if text[-1] in "Ny" else text.encode()


def _bool(text: str) -> bytes:
    return b"true" if text == "t" else b"false"


def _timestamp(text: str) -> bytes:
    """`2024-05-06 07:08:09.5` is `2024-05-06T07:08:09.5`; the rest (infinity, BC) stays."""
    return b'"' + text.replace(" ", "T", 1).encode() + b'"'


def _timestamptz(text: str) -> bytes:
    if " " not in text:
        return b'"' + text.encode() + b'"'
    return _timestamp(_SHORT_OFFSET.sub(r"\1:00\2", text))


_SIMPLE: dict[int, Encoder] = {
    _BOOL: _bool,
    _JSON: str.encode,
    _JSONB: str.encode,
    _TIMESTAMP: _timestamp,
    _TIMESTAMPTZ: _timestamptz,
    **dict.fromkeys(_NUMBERS, _number),
}


def _array_encoder(facts: TypeFacts, element: Encoder) -> Encoder:
    if facts.oid in _SPACED_VECTORS:
        return lambda text: b"[" + b",".join(map(element, text.split())) + b"]"

    def encode(text: str) -> bytes:
        bounds = _BOUNDS.match(text)
        return _encode_array(_array_tokens(text, bounds.end() if bounds else 0, facts.delimiter), element)

    return encode


def _encode_array(tokens: Iterator[str | bytes | None], element: Encoder) -> bytes:
    """Encode what the tokens say; braces come as bytes, elements as text or None."""
    parts: list[bytes] = []
    separate = False
    for token in tokens:
        if token == b"}":
            parts.append(b"]")
            separate = True
            continue
        if separate:
            parts.append(b",")
        if token == b"{":
            parts.append(b"[")
            separate = False
        else:
            parts.append(element(token) if isinstance(token, str) else b"null")
            separate = True
    return b"".join(parts)


def _array_tokens(text: str, start: int, delimiter: str) -> Iterator[str | bytes | None]:
    token = re.compile(
        rf'(?P<open>\{{)|(?P<close>\}})|{re.escape(delimiter)}|"(?P<quoted>(?:[^"\\]|\\.)*)"|'
        rf'(?P<bare>[^{{}}"{re.escape(delimiter)}]+)',
        re.DOTALL,
    )
    for match in token.finditer(text, start):
        kind = match.lastgroup
        if kind == "open":
            yield b"{"
        elif kind == "close":
            yield b"}"
        elif kind == "quoted":
            yield _unescape(match["quoted"])
        elif kind == "bare":
            yield None if match["bare"] == "NULL" else match["bare"]


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if "\\" in text else text


def _composite_encoder(fields: list[tuple[str, Encoder]]) -> Encoder:
    keys = [(orjson.dumps(name) + b":", encoder) for name, encoder in fields]

    def encode(text: str) -> bytes:
        values = _composite_fields(text)
        parts = (
            key + (b"null" if value is None else encoder(value))
            for (key, encoder), value in zip(keys, values, strict=False)
        )
        return b"{" + b",".join(parts) + b"}"

    return encode


_FIELD = re.compile(r'(?:"(?:[^"\\]|""|\\.)*"|[^",()\\]|\\.)*', re.DOTALL)
_FIELD_PART = re.compile(r'"((?:[^"\\]|""|\\.)*)"|((?:[^",()\\]|\\.)+)', re.DOTALL)


def _composite_fields(text: str) -> Iterator[str | None]:
    """Yield the fields of a composite value such as `(1,"a b",)`; an empty one is null."""
    position = 1
    while position < len(text):
        match = _FIELD.match(text, position)
        raw = match[0] if match else ""
        yield _field(raw) if raw else None
        position += len(raw) + 1


def _field(raw: str) -> str:
    def part(match: re.Match[str]) -> str:
        quoted: Any = match[1]
        return _unescape(quoted.replace('""', '"') if quoted is not None else match[2])

    return _FIELD_PART.sub(part, raw)
