"""The identity providers of one project, read from its setting: a JSON object by name. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from millstream.auth.oidc.errors import ProvidersInvalid

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_RESERVED = {"email", "phone", "anonymous_users", "saml", "sso"}
_SCOPES = ("openid", "email", "profile")


@dataclass(frozen=True, slots=True)
class Provider:
    """One OpenID Connect issuer and what we are to it."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = _SCOPES


def parse_providers(text: str) -> Mapping[str, Provider]:
    """Read the setting; empty text is none. Raises ProvidersInvalid naming the provider, never a secret."""
    try:
        document = orjson.loads(text) if text else {}
    except ValueError:
        raise ProvidersInvalid("MILLSTREAM_OIDC_PROVIDERS is no JSON.") from None
    if not isinstance(document, dict):
        raise ProvidersInvalid("MILLSTREAM_OIDC_PROVIDERS must be a JSON object with providers by name.")
    return {name: _provider(name, about) for name, about in document.items()}


def is_web_url(url: object) -> bool:
    """Say whether a URL is fit for what tokens and secrets travel by: https, or http to this machine itself."""
    if not isinstance(url, str) or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if "@" in parts.netloc or parts.fragment or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine by its very name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _provider(name: str, about: Any) -> Provider:
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise ProvidersInvalid(f"{name[:40]!r} is no name for an identity provider.", hint="Such as google.")
    if not isinstance(about, dict):
        raise ProvidersInvalid(f"The identity provider {name} must be a JSON object.")
    needed = ("issuer", "client_id", "client_secret")
    missing = [key for key in needed if not isinstance(about.get(key), str) or not about[key]]
    if missing:
        raise ProvidersInvalid(f"The identity provider {name} lacks {', '.join(missing)}.")
    if not is_web_url(about["issuer"]):
        raise ProvidersInvalid(f"The issuer of {name} must be an https URL.")
    scopes = about.get("scopes", _SCOPES)
    if not isinstance(scopes, list | tuple) or not all(isinstance(scope, str) and scope for scope in scopes):
        raise ProvidersInvalid(f"The scopes of {name} must be an array of names.")
    return Provider(
        name, about["issuer"], about["client_id"], about["client_secret"], tuple(dict.fromkeys(("openid", *scopes)))
    )
