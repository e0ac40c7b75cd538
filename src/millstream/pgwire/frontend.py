"""What a client says to a PostgreSQL server (protocol 3.0, section 55.7), as bytes.

Called by whoever owns the socket, who may join the results and write them at once. Strings are UTF-8; a zero byte in
a name or statement raises ValueError, since the protocol would cut it there.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_PROTOCOL_3_0 = 3 << 16
_CANCEL_REQUEST = 80877102
_SSL_REQUEST = 80877103

_int16 = struct.Struct("!H").pack
_int32 = struct.Struct("!i").pack
_uint32 = struct.Struct("!I").pack

SSL_REQUEST = struct.pack("!II", 8, _SSL_REQUEST)
SYNC = b"S\0\0\0\x04"
FLUSH = b"H\0\0\0\x04"
TERMINATE = b"X\0\0\0\x04"
COPY_DONE = b"c\0\0\0\x04"
EXECUTE = b"E\0\0\0\x09\0\0\0\0\0"
"""Execute the unnamed portal to its end."""

_NULL = b"\xff\xff\xff\xff"
_RESULTS_AS_TEXT = b"\0\0"
_BIND_OVERHEAD = 10  # the length itself, the empty portal, the end of the name, no formats of either kind


def startup(parameters: Mapping[str, str]) -> bytes:
    """Encode StartupMessage; `parameters` hold `user` and whatever else the session shall start with."""
    body = b"".join(_text(name) + _text(value) for name, value in parameters.items()) + b"\0"
    return struct.pack("!II", len(body) + 8, _PROTOCOL_3_0) + body


def cancel_request(process_id: int, secret: bytes) -> bytes:
    """Encode CancelRequest, to be sent alone over a fresh connection."""
    return struct.pack("!IIi", 12 + len(secret), _CANCEL_REQUEST, process_id) + secret


def sasl_initial_response(mechanism: str, response: bytes) -> bytes:
    """Encode the choice of a SASL mechanism with its first message."""
    return _message(b"p", _text(mechanism) + _uint32(len(response)) + response)


def sasl_response(response: bytes) -> bytes:
    """Encode the answer to a SASL challenge."""
    return _message(b"p", response)


def query(sql: str) -> bytes:
    """Encode a simple Query, which may hold several statements."""
    return _message(b"Q", _text(sql))


def parse(name: str, sql: str, type_oids: Sequence[int] = ()) -> bytes:
    """Encode Parse; parameters without a type oid, or with 0, get theirs from the server."""
    types = _int16(len(type_oids)) + b"".join(map(_uint32, type_oids))
    return _message(b"P", _text(name) + _text(sql) + types)


def bind(name: bytes, parameters: Sequence[str | bytes | None]) -> bytes:
    """Encode Bind of the prepared statement `name` to the unnamed portal, everything in text format.

    A parameter given as bytes is text that is already encoded.
    """
    return bind_encoded(name, encode_parameters(parameters))


def encode_parameters(parameters: Sequence[str | bytes | None]) -> bytes:
    """Encode the parameters of Bind, which are the same bytes whatever the statement is called on a connection."""
    parts = [_int16(len(parameters))]
    for parameter in parameters:
        if parameter is None:
            parts.append(_NULL)
        else:
            value = parameter.encode() if isinstance(parameter, str) else parameter
            parts += (_uint32(len(value)), value)
    return b"".join(parts)


def bind_encoded(name: bytes, parameters: bytes) -> bytes:
    """Encode Bind as `bind` does, from encoded parameters."""
    length = len(name) + len(parameters) + _BIND_OVERHEAD
    return b"".join((b"B", _uint32(length), b"\0", name, b"\0\0\0", parameters, _RESULTS_AS_TEXT))


def describe_statement(name: str) -> bytes:
    """Encode Describe of a prepared statement."""
    return _message(b"D", b"S" + _text(name))


def close_statement(name: str) -> bytes:
    """Encode Close of a prepared statement, which is no error when there is none."""
    return _message(b"C", b"S" + _text(name))


def copy_data(data: bytes) -> bytes:
    """Encode one piece of a COPY stream."""
    return _message(b"d", data)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + _uint32(len(body) + 4) + body


def _text(text: str) -> bytes:
    encoded = text.encode()
    if b"\0" in encoded:
        raise ValueError("a name or statement for PostgreSQL cannot hold a zero byte")
    return encoded + b"\0"
