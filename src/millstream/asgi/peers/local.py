"""Whether a request comes from this machine and means it: what is open without a key on a developer's own computer.

The peer must be on loopback and name a loopback host, which a page elsewhere that resolves its name to this machine
cannot (DNS rebinding). What a proxy says that it forwards comes from anywhere. Pure.
"""

from __future__ import annotations

import ipaddress

from starlette.types import Scope

_FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via"})


def is_local(scope: Scope) -> bool:
    """Say whether peer and host of an HTTP request are this machine's, with nobody between."""
    headers = {name: value for name, value in scope["headers"] if name == b"host" or name in _FORWARDED}
    client = scope.get("client")
    if client is None or headers.keys() & _FORWARDED:
        return False
    return _is_loopback(client[0]) and _is_loopback(_host_of(headers.get(b"host", b"").decode("latin-1")))


def _host_of(header: str) -> str:
    """Return the host without its port: `127.0.0.1`, `::1`, `localhost`."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.rpartition(":")[0] if ":" in header else header


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
