"""How an endpoint is to be reached, as it is given and as it is shown again: without passwords, keys and secrets."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from millstream.webhooks.delivery.tls import tls_context
from millstream.webhooks.endpoints.address_guard import AddressGuard
from millstream.webhooks.endpoints.transport import Transport

_Url = Annotated[str, Field(max_length=2048)]
_Text = Annotated[str, Field(min_length=1, max_length=2000)]
_Pem = Annotated[str, Field(max_length=64 << 10, pattern="-----BEGIN ")]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProxyGiven(_Input):
    """A proxy between us and the receiver."""

    url: Annotated[_Url, Field(examples=["http://proxy.example.org:3128"])]
    username: _Text | None = None
    password: _Text | None = None


class OAuthGiven(_Input):
    """Client credentials of OAuth 2.0: who asks where for the access token that requests carry."""

    token_url: _Url
    client_id: _Text
    client_secret: _Text
    scope: _Text | None = None
    audience: _Text | None = None


class TransportGiven(_Input):
    """How the receiver is reached; what is left out is as usual. A change replaces all of it."""

    proxy: ProxyGiven | None = None
    oauth: OAuthGiven | None = None
    ca_certificates: Annotated[_Pem, Field(description="PEM; trusted beside the system's authorities.")] | None = None
    client_certificate: Annotated[_Pem, Field(description="PEM; shown to the receiver (mTLS).")] | None = None
    client_key: Annotated[_Pem, Field(description="PEM, without a password.")] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.client_certificate is None) != (self.client_key is None):
            raise ValueError("client_certificate and client_key are given together")
        return self

    def checked(self, guard: AddressGuard) -> Transport:
        """Return it as a value; raises AddressRefused or CertificateInvalid for what could not work."""
        transport = Transport.of(self.model_dump())
        if transport.proxy is not None:
            guard.check_proxy(transport.proxy.url)
        if transport.oauth is not None:
            guard.check_url(transport.oauth.token_url)
        if transport.has_own_tls:
            tls_context(transport)
        return transport


class ProxyView(BaseModel):
    """A proxy, without its password."""

    url: str
    username: str | None


class OAuthView(BaseModel):
    """Who asks where for access tokens, without the secret."""

    token_url: str
    client_id: str
    scope: str | None
    audience: str | None


class TransportView(BaseModel):
    """How the receiver is reached; of certificates only how many authorities, and whether one is shown."""

    proxy: ProxyView | None = None
    oauth: OAuthView | None = None
    ca_certificates: int = 0
    client_certificate: bool = False
