"""Which addresses webhooks may go to: the public internet, and nothing of ours. Pure.

Asked when an endpoint is made or changed, and again when a connection is dialled, since names change their answers.
The list is our own: `ipaddress.is_global` calls some addresses global that reach a host's own network (NAT64, 6to4,
the metadata service of one provider). Sources: IANA special-purpose registries for IPv4 and IPv6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import ClassVar

from yarl import URL

from millstream.errors import MillstreamError

LONGEST_URL = 2048
_MOST_REMEMBERED = 1024
_REFUSED_IPV4 = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
        "240.0.0.0/4",
    )
)  # fmt: skip
_UNICAST_IPV6 = ip_network("2000::/3")
_REFUSED_IPV6 = tuple(ip_network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_MAPPED = ip_network("::ffff:0:0/96")

_LOCAL_NAMES = re.compile(r"(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|localdomain)\.?$")
_LOOKS_LIKE_A_NUMBER = re.compile(r"(^|\.)(0x[0-9a-f]*|\d+)\.?$")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
# Services that take a request for their own protocol, or that nobody reaches from outside on purpose.
_REFUSED_PORTS = frozenset(
    {0, 7, 9, 11, 13, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 79, 110, 111, 113, 119, 123, 135, 137, 138, 139,
     143, 161, 179, 389, 445, 465, 514, 515, 543, 544, 587, 631, 636, 873, 990, 993, 995, 1433, 1521, 2049, 2375, 2376,
     2379, 3306, 3389, 4369, 5432, 5672, 5900, 5984, 6000, 6379, 6443, 8500, 9042, 9092, 9200, 9300, 10250, 11211,
     27017, 50051}
)  # fmt: skip


class AddressRefused(MillstreamError):
    """Raised for a URL or an address to which no webhook may go."""

    code: ClassVar[str] = "webhook_address_refused"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """The rules; `allow_private` lets everything through that is a proper URL, for development."""

    allow_private: bool = False

    def check_url(self, text: str) -> URL:
        """Return the URL, with its host as it goes over the wire; raises AddressRefused."""
        return _checked(self, text)

    def check_proxy(self, text: str) -> URL:
        """Return the URL of a proxy, which may be plain http: what is sent through it to https is not."""
        url = _parse(text)
        if url.scheme not in ("http", "https") or url.path not in ("", "/") or url.query_string or url.raw_fragment:
            raise AddressRefused("The URL of a proxy is http:// or https:// with a host and a port, and nothing else.")
        if url.raw_user is not None or url.raw_password is not None:
            raise AddressRefused("The URL of a proxy holds no user and password.", hint="They have their own fields.")
        if not self.allow_private:
            _refuse_port(url)
            _refuse_host(self, url.raw_host or "")
        return url

    def check_address(self, address: str) -> None:
        """Raise AddressRefused for an address that is not on the public internet."""
        if not self.allow_private and not is_public(ip_address(address.partition("%")[0])):
            raise AddressRefused(f"The address {address} is not on the public internet.")


@lru_cache(_MOST_REMEMBERED)
def _checked(guard: AddressGuard, text: str) -> URL:
    """Return the URL; it follows from the rules and the text alone, and is asked for at every delivery."""
    url = _parse(text)
    if url.scheme != "https" and not (guard.allow_private and url.scheme == "http"):
        raise AddressRefused("The URL of an endpoint begins with https://.")
    if url.raw_user is not None or url.raw_password is not None:
        raise AddressRefused(
            "The URL of an endpoint holds no user and password.", hint="Use a header of your own instead."
        )
    if url.raw_fragment:
        raise AddressRefused("The URL of an endpoint has no part after #.")
    if not guard.allow_private:
        _refuse_port(url)
        _refuse_host(guard, url.raw_host or "")
    return url


def _refuse_host(guard: AddressGuard, host: str) -> None:
    try:
        guard.check_address(host)
    except ValueError:
        if _LOCAL_NAMES.search(host) or "." not in host.rstrip("."):
            raise AddressRefused(f"The name {host} is one of a local network.") from None
        if _LOOKS_LIKE_A_NUMBER.search(host):
            raise AddressRefused("The host is a number; write an address as four numbers with dots.") from None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether the address is on the public internet; one inside another counts as what it stands for."""
    if isinstance(address, IPv6Address):
        if address in _MAPPED:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        return address in _UNICAST_IPV6 and not any(address in network for network in _REFUSED_IPV6)
    return not any(address in network for network in _REFUSED_IPV4)


def _parse(text: str) -> URL:
    if len(text) > LONGEST_URL:
        raise AddressRefused(f"The URL of an endpoint has at most {LONGEST_URL} characters.")
    if _UNSAFE.search(text):
        raise AddressRefused("The URL of an endpoint holds no spaces, backslashes or control characters.")
    try:
        url = URL(text)
        port = url.port
    except (ValueError, UnicodeError) as error:
        raise AddressRefused("That is no URL.") from error
    if not url.raw_host or port is None:
        raise AddressRefused("The URL of an endpoint is https:// with a host.")
    authority = text.partition("://")[2].split("/", 1)[0].split("?", 1)[0]
    if not authority.isascii() and any(character.isdigit() and not character.isascii() for character in authority):
        raise AddressRefused("The host is written with digits that are none.")
    return url


def _refuse_port(url: URL) -> None:
    if url.port in _REFUSED_PORTS:
        raise AddressRefused(f"No webhook goes to port {url.port}.")
