"""Asks an identity provider over HTTP: one bounded answer, no redirect, no proxy, never an address of ours by accident.

The issuer is the operator's choice; the other endpoints come from its document, so they may not lead into the
network that the server stands in, unless the issuer itself stands there. An own connection for each request: a sign-in
asks once, and what it asks for besides is remembered by `auth.oidc.issuer`.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult

from millstream.auth.oidc.errors import ProviderUnavailable
from millstream.auth.oidc.provider import is_web_url

_LONGEST_ANSWER = 262_144
_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)


async def fetch_json(url: str, *, form: dict[str, str] | None = None, private: bool) -> dict[str, Any]:
    """Return the JSON object at a URL, of a POST where there is a form; `private` allows addresses of this network.

    Raises ProviderUnavailable.
    """
    if not is_web_url(url) or not (private or _is_public_literal(url)):
        raise ProviderUnavailable("The identity provider names an address that is not asked")
    try:
        return await _fetch(url, form, private=private)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise ProviderUnavailable(f"The identity provider does not answer: {type(error).__name__}") from error


async def _fetch(url: str, form: dict[str, str] | None, *, private: bool) -> dict[str, Any]:
    connector = aiohttp.TCPConnector(resolver=None if private else _PublicResolver(), force_close=True)
    async with (
        aiohttp.ClientSession(
            connector=connector, timeout=_TIMEOUT, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
        ) as http,
        http.request(
            "GET" if form is None else "POST",
            url,
            data=form,
            allow_redirects=False,
            headers={"accept": "application/json", "accept-encoding": "identity"},
        ) as response,
    ):
        content = await response.content.read(_LONGEST_ANSWER)
        whole = response.content.at_eof() or not await response.content.read(1)
        if response.status != 200 or not whole:
            raise ValueError(f"status {response.status}")
        document = orjson.loads(content)
        if not isinstance(document, dict):
            raise ValueError("no JSON object")  # noqa: TRY004  what it sent is wrong, not what we passed
        return document


class _PublicResolver(AbstractResolver):
    """Resolves names to addresses of the open network alone."""

    def __init__(self) -> None:
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(each["host"]) for each in found):
            raise OSError("the name leads to an address of a private network")
        return found

    async def close(self) -> None:
        await self._inner.close()


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the open network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None) or parsed
    return inner.is_global and parsed.is_global and not parsed.is_multicast and not _is_special(inner)


_SPECIAL = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "64:ff9b::/96")))


def _is_special(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address.version == network.version and address in network for network in _SPECIAL)


def _is_public_literal(url: str) -> bool:
    """Say whether a URL names no host by a private address; a name is judged when it is resolved."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return is_public(host)
