"""How an endpoint is reached when that is not simply by its URL: proxy, certificates, a token. Values only, no I/O.

Made of what `administration` sealed; read by `delivery`. Everything but `shown` is secret, or may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that takes HTTP, and CONNECT for https."""

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Who asks where for an access token (RFC 6749, 4.4: client credentials)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    audience: str | None = None


@dataclass(frozen=True, slots=True)
class Transport:
    """All PEM texts may hold several certificates; those of authorities are trusted beside the system's."""

    proxy: Proxy | None = None
    oauth: OAuthClient | None = None
    ca_certificates: str | None = field(default=None, repr=False)
    client_certificate: str | None = field(default=None, repr=False)
    client_key: str | None = field(default=None, repr=False)

    @property
    def has_own_tls(self) -> bool:
        """Tell whether connections are other than those of all endpoints."""
        return self.ca_certificates is not None or self.client_certificate is not None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Transport:
        """Make it of what was sealed."""
        rest = {name: value for name, value in values.items() if name not in ("proxy", "oauth")}
        proxy, oauth = values.get("proxy"), values.get("oauth")
        return cls(Proxy(**proxy) if proxy else None, OAuthClient(**oauth) if oauth else None, **rest)

    def shown(self) -> Mapping[str, Any]:
        """Return what is no secret."""
        shown: dict[str, Any] = {}
        if self.proxy:
            shown["proxy"] = {"url": self.proxy.url, "username": self.proxy.username}
        if self.oauth:
            oauth = self.oauth
            shown["oauth"] = {
                "token_url": oauth.token_url, "client_id": oauth.client_id, "scope": oauth.scope,
                "audience": oauth.audience,
            }  # fmt: skip
        if self.ca_certificates:
            shown["ca_certificates"] = self.ca_certificates.count("-----BEGIN CERTIFICATE-----")
        if self.client_certificate:
            shown["client_certificate"] = True
        return shown


DIRECT = Transport()
"""What most endpoints have."""
