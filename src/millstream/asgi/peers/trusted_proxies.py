"""The address that counts for a caller behind proxies: the nearest one that no trusted proxy has.

Each proxy appends the address it was called from to X-Forwarded-For, so that only the part to the right of the first
untrusted address is anybody's word but the caller's own. Pure.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import ClassVar

from millstream.errors import MillstreamError

UNIX_SOCKET = "unix"
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TrustedProxyInvalid(MillstreamError):
    """A trusted proxy is given as something else than an address, a network or `unix`."""

    code: ClassVar[str] = "trusted_proxy_invalid"


class TrustedProxies:
    """The proxies whose word counts; by default there are none, and X-Forwarded-For is never looked at."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        names = [name.strip() for name in given]
        self._unix = UNIX_SOCKET in names
        self._networks = [_network(name) for name in names if name != UNIX_SOCKET]

    def trust(self, peer: str) -> bool:
        """Say whether this peer is one of them; the empty name is that of a Unix socket."""
        if not peer:
            return self._unix
        address = _parse(peer)
        return address is not None and self._is_trusted(address)

    def address_of(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """Return the caller's address: the peer's own, unless it is trusted to name somebody else's."""
        if not (self._unix or self._networks) or not self.trust(peer):
            return peer
        lines = [value for name, value in headers if name == b"x-forwarded-for"]
        found = peer
        for hop in reversed(b",".join(lines).decode("latin-1").split(",")):
            address = _parse(_without_port(hop.strip()))
            if address is None:
                break  # what stands left of a word that is no address is nobody's
            found = str(address)
            if not self._is_trusted(address):
                break
        return found

    def _is_trusted(self, address: _Address) -> bool:
        return any(address in network for network in self._networks)


def is_this_machine(peer: str) -> bool:
    """Say whether a peer is a process of this machine."""
    if not peer:
        return True
    address = _parse(peer)
    return address is not None and address.is_loopback


def _network(name: str) -> _Network:
    try:
        return ipaddress.ip_network(name, strict=False)
    except ValueError:
        raise TrustedProxyInvalid(
            f"{name!r} is no address and no network.", hint="Write 10.0.0.0/8, ::1 or unix, separated by commas."
        ) from None


def _parse(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _without_port(hop: str) -> str:
    """Return `1.2.3.4` of `1.2.3.4:5678` and `::1` of `[::1]:5678`; some proxies write ports."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
