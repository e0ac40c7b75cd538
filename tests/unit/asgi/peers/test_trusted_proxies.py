"""Whose word counts for a caller's address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.asgi.peers.trusted_proxies import TrustedProxies, TrustedProxyInvalid, is_this_machine

PROXIES = TrustedProxies(["10.0.0.0/8", "fd00::/8", "192.0.2.1"])


def address(peer: str, *lines: str, proxies: TrustedProxies = PROXIES) -> str:
    return proxies.address_of(
        peer, [(b"host", b"x"), *((b"x-forwarded-for", line.encode("latin-1")) for line in lines)]
    )


def test_without_trusted_proxies_nobody_is_believed():
    assert address("10.0.0.1", "203.0.113.9", proxies=TrustedProxies()) == "10.0.0.1"


def test_an_untrusted_peer_is_not_believed():
    assert address("198.51.100.7", "203.0.113.9") == "198.51.100.7"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["1.2.3.4, 203.0.113.9"], "203.0.113.9"),
        (["1.2.3.4", "203.0.113.9, 10.1.1.1"], "203.0.113.9"),
        (["10.0.0.9, 10.0.0.8"], "10.0.0.9"),
        (["2001:db8::5, fd00::1"], "2001:db8::5"),
        (["[2001:db8::5]:4711"], "2001:db8::5"),
        (["203.0.113.9:4711"], "203.0.113.9"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, unknown, 10.0.0.8"], "10.0.0.8"),
        (["1.2.3.4, "], "10.0.0.1"),
        ([], "10.0.0.1"),
    ],
    ids=[
        "one hop",
        "spoofed in front",
        "two lines",
        "all trusted",
        "IPv6",
        "IPv6 with port",
        "with port",
        "mapped",
        "nonsense",
        "empty",
        "none",
    ],
)
def test_a_trusted_peer_names_the_nearest_address_that_is_no_proxy(lines, found):
    assert address("10.0.0.1", *lines) == found


def test_a_unix_socket_is_trusted_by_name_only():
    assert address("", "203.0.113.9") == ""
    assert address("", "203.0.113.9", proxies=TrustedProxies(["unix"])) == "203.0.113.9"
    assert address("10.0.0.1", "203.0.113.9", proxies=TrustedProxies(["unix"])) == "10.0.0.1"


@pytest.mark.parametrize("name", ["proxy.example.com", "10.0.0.0/33", ""])
def test_a_proxy_is_an_address_or_a_network(name):
    with pytest.raises(TrustedProxyInvalid):
        TrustedProxies([name])


@given(st.text(st.characters(max_codepoint=255)))
def test_any_header_gives_an_address_or_the_peer(line):
    assert address("10.0.0.1", line)


@pytest.mark.parametrize(
    ("peer", "answer"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("", True), ("10.0.0.1", False), ("x", False)],
)
def test_this_machine_is_known(peer, answer):
    assert is_this_machine(peer) is answer
