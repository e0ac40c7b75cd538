"""Whose word counts for a caller's address, and the limits of connections that have not yet said what they want."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """One server's view of its peers, whichever project they ask for."""

    trusted_proxies: tuple[str, ...] = setting(
        (),
        env="TRUSTED_PROXIES",
        doc="Addresses or networks of proxies, separated by commas, whose X-Forwarded-For is believed; `unix` stands "
        "for a Unix socket. Behind a proxy that is not listed all callers share its address in limits and audit.",
    )
    head_timeout_seconds: float = setting(
        10.0,
        env="HEAD_TIMEOUT_SECONDS",
        doc="How long a connection may take until the head of its request, or its handshake, has come whole.",
    )
    body_timeout_seconds: float = setting(
        120.0, env="BODY_TIMEOUT_SECONDS", doc="How long the body of a request may take to come whole."
    )
    max_waiting_connections: int = setting(
        10_000,
        env="MAX_WAITING_CONNECTIONS",
        doc="Connections that may wait at once for the head of their first request.",
    )
    max_waiting_connections_per_address: int = setting(
        500,
        env="MAX_WAITING_CONNECTIONS_PER_ADDRESS",
        doc="How many of them may be of one network address; this machine and trusted proxies are not counted.",
    )
