"""The opening handshake: who is let in, and with which answer everybody else is not."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.websocket.errors import HandshakeRefused, MethodNotAllowed, UpgradeRequired, VersionUnsupported
from millstream.websocket.handshake import accept_key, accept_upgrade, refusal

GOOD = {
    b"host": b"127.0.0.1",
    b"upgrade": b"websocket",
    b"connection": b"keep-alive, Upgrade",
    b"sec-websocket-key": b"dGhlIHNhbXBsZSBub25jZQ==",
    b"sec-websocket-version": b"13",
}


def upgraded(method="GET", http_version="1.1", subprotocols=(), **changes):
    fields = {**GOOD, **{name.replace("_", "-").encode(): value for name, value in changes.items()}}
    headers = [(name, value) for name, value in fields.items() if value is not None]
    return accept_upgrade(method, http_version, headers, subprotocols=subprotocols)


def test_the_accept_key_is_the_one_of_the_specification():
    assert accept_key(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_a_good_request_is_answered_with_101_and_nothing_negotiated():
    response = upgraded(sec_websocket_extensions=b"permessage-deflate; client_max_window_bits")
    assert response.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in response
    assert b"Extensions" not in response
    assert b"Protocol:" not in response
    assert response.endswith(b"\r\n\r\n")


def test_the_first_known_subprotocol_is_chosen():
    response = upgraded(subprotocols=("phoenix",), sec_websocket_protocol=b"unknown, phoenix, bearer")
    assert b"Sec-WebSocket-Protocol: phoenix\r\n" in response


def test_unknown_subprotocols_are_not_echoed():
    assert b"Protocol:" not in upgraded(subprotocols=("phoenix",), sec_websocket_protocol=b"evil\r\nX: y")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"method": "POST"}, MethodNotAllowed),
        ({"http_version": "1.0"}, HandshakeRefused),
        ({"upgrade": b"h2c"}, UpgradeRequired),
        ({"upgrade": None}, UpgradeRequired),
        ({"connection": b"keep-alive"}, UpgradeRequired),
        ({"sec_websocket_version": b"8"}, VersionUnsupported),
        ({"sec_websocket_version": None}, VersionUnsupported),
        ({"host": None}, HandshakeRefused),
        ({"sec_websocket_key": None}, HandshakeRefused),
        ({"sec_websocket_key": b"short"}, HandshakeRefused),
        ({"sec_websocket_key": b"c2hvcnQ="}, HandshakeRefused),
        ({"sec_websocket_key": b"dGhlIHNhbXBsZSBub25jZQ==,dGhlIHNhbXBsZSBub25jZQ=="}, HandshakeRefused),
    ],
)
def test_anything_else_is_refused_with_its_own_error(change, error):
    with pytest.raises(error) as raised:
        upgraded(**change)
    assert type(raised.value) is error


def test_a_repeated_key_header_is_no_key():
    headers = [*GOOD.items(), (b"sec-websocket-key", GOOD[b"sec-websocket-key"])]
    with pytest.raises(HandshakeRefused):
        accept_upgrade("GET", "1.1", headers)


def test_a_refusal_is_a_whole_http_response_that_ends_the_connection():
    response = refusal(401, b'{"error":"no"}', headers=[("Retry-After", "2"), ("Connection", "Upgrade")])
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 401 Unauthorized",
        b"Content-Type: application/json",
        b"Content-Length: 14",
        b"Cache-Control: no-store",
        b"Retry-After: 2",
        b"Connection: close",
    ]
    assert body == b'{"error":"no"}'


def test_a_refusal_with_an_unregistered_status_is_still_a_response():
    assert refusal(599, b"").startswith(b"HTTP/1.1 599 Refused\r\n")


@given(
    st.sampled_from(["GET", "HEAD", "PUT"]),
    st.sampled_from(["1.0", "1.1", "2"]),
    st.lists(st.tuples(st.sampled_from(sorted(GOOD)), st.binary(max_size=40) | st.sampled_from(sorted(GOOD.values())))),
)
def test_no_headers_ever_raise_anything_but_a_refusal(method, http_version, headers):
    with contextlib.suppress(HandshakeRefused):
        accept_upgrade(method, http_version, headers, subprotocols=("phoenix",))
