"""The opening handshake of RFC 6455, section 4.2, as a server sees it.

Takes a request that an HTTP parser has already split (`asgi.upgrade`) and gives the bytes of the answer: 101, or a
plain HTTP refusal. Pure. No extension is ever negotiated: permessage-deflate would forbid sharing a frame among
sockets.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha1
from http import HTTPStatus

from millstream.websocket.errors import HandshakeRefused, MethodNotAllowed, UpgradeRequired, VersionUnsupported

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES = 16


def accept_key(key: bytes) -> bytes:
    """Answer a client's `Sec-WebSocket-Key` (section 4.2.2, point 5.4)."""
    return b64encode(sha1(key + _GUID, usedforsecurity=False).digest())


def accept_upgrade(
    method: str, http_version: str, headers: Iterable[tuple[bytes, bytes]], *, subprotocols: Collection[str] = ()
) -> bytes:
    """Check an upgrade request and build the whole 101 response; raise HandshakeRefused otherwise.

    Header names come in lower case. The first offered subprotocol that is in `subprotocols` is chosen: a browser that
    offered some and is given none would drop the connection.
    """
    fields = _combined(headers)
    if method != "GET":
        raise MethodNotAllowed("A WebSocket is opened with GET.")
    if http_version != "1.1":
        raise HandshakeRefused("A WebSocket is opened over HTTP/1.1.")
    if "websocket" not in _tokens(fields, b"upgrade") or "upgrade" not in _tokens(fields, b"connection"):
        raise UpgradeRequired("This address speaks WebSocket only.")
    if fields.get(b"sec-websocket-version") != b"13":
        raise VersionUnsupported("Only version 13 of the WebSocket protocol is supported.")
    if b"host" not in fields:
        raise HandshakeRefused("The request has no Host header.")
    key = _checked_key(fields.get(b"sec-websocket-key", b""))
    offered = _tokens(fields, b"sec-websocket-protocol", lower=False)
    chosen = next((protocol for protocol in offered if protocol in subprotocols), None)
    return _response(accept_key(key), chosen)


def refusal(
    status: int, body: bytes, *, content_type: str = "application/json", headers: Iterable[tuple[str, str]] = ()
) -> bytes:
    """Build a whole plain HTTP response that ends the connection."""
    lines = [
        f"HTTP/1.1 {status} {_phrase(status)}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        *(f"{name}: {value}" for name, value in headers if name.lower() != "connection"),
        "Connection: close",
    ]
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1") + body


def _response(accept: bytes, subprotocol: str | None) -> bytes:
    chosen = b"" if subprotocol is None else b"Sec-WebSocket-Protocol: %b\r\n" % subprotocol.encode("ascii")
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n%b\r\n" % (accept, chosen)
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"


def _combined(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[bytes, bytes]:
    """Join repeated fields with commas (RFC 9110, section 5.3), so that a doubled key is no valid key."""
    fields: dict[bytes, bytes] = {}
    for name, value in headers:
        fields[name] = fields[name] + b"," + value if name in fields else value
    return fields


def _tokens(fields: Mapping[bytes, bytes], name: bytes, *, lower: bool = True) -> list[str]:
    text = fields.get(name, b"").decode("latin-1")
    return [token.strip() for token in (text.lower() if lower else text).split(",")]


def _checked_key(key: bytes) -> bytes:
    try:
        decoded = b64decode(key, validate=True)
    except Base64Error:
        decoded = b""
    if len(decoded) != _KEY_BYTES:
        raise HandshakeRefused("Sec-WebSocket-Key is not 16 bytes in base64.")
    return key
