"""What is known of an identity provider: its endpoints by discovery, its keys, and the exchange of its codes.

Documents and keys are remembered for an hour. A token with an unknown key has the keys fetched anew, at most once a
minute, so that nobody makes us ask by inventing key ids; while that fails, the known keys count on. The discovery
document must name the issuer that was configured, to the letter (OpenID Connect Discovery section 4.3).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from millstream.auth.oidc.errors import OAuthCallbackInvalid, ProviderUnavailable
from millstream.auth.oidc.fetch import fetch_json, is_public
from millstream.auth.oidc.id_token import KeyUnknown, judge_id_token
from millstream.auth.oidc.provider import Provider, is_loopback

_REMEMBERED_SECONDS = 3600
_LEAST_WAIT_SECONDS = 60
_MOST_KEYS = 50

Clock = Callable[[], float]
Fetch = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class _Endpoints:
    authorization: str
    token: str
    keys: str


class Issuer:
    """One provider, with what it told us. `fetch` asks it, by default over HTTP."""

    def __init__(self, provider: Provider, clock: Clock, fetch: Fetch = fetch_json) -> None:
        self.provider = provider
        self._clock = clock
        self._fetch = fetch
        self._endpoints: _Endpoints | None = None
        self._endpoints_at = 0.0
        self._keys: KeySet | None = None
        self._keys_at = 0.0
        host = urlsplit(provider.issuer).hostname or ""
        self._private = is_loopback(host) or (_is_address(host) and not is_public(host))

    async def authorization_url(self, parameters: dict[str, str]) -> str:
        """Return where the browser goes to sign in. Raises ProviderUnavailable."""
        endpoint = (await self._discovered()).authorization
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"

    async def redeem(self, *, code: str, verifier: str, redirect_uri: str, nonce: str) -> dict[str, Any]:
        """Exchange a code; return the claims of the ID token. Raises ProviderUnavailable or OAuthCallbackInvalid."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self.provider.client_id,
            "client_secret": self.provider.client_secret,
        }
        answer = await self._fetch((await self._discovered()).token, form=form, private=self._private)
        token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise OAuthCallbackInvalid("The identity provider sent no identity token")
        given = access_token if isinstance(access_token, str) else None
        return await self._judge(token, nonce, given)

    async def _judge(self, token: str, nonce: str, access_token: str | None) -> dict[str, Any]:
        for is_last in (False, True):
            keys = await self._known_keys(renew=is_last)
            try:
                return judge_id_token(
                    token,
                    provider=self.provider,
                    keys=keys,
                    nonce=nonce,
                    access_token=access_token,
                    now=self._clock(),
                )
            except KeyUnknown:
                continue
        raise OAuthCallbackInvalid("The identity token is signed by a key that its provider does not publish")

    async def _discovered(self) -> _Endpoints:
        now = self._clock()
        if self._endpoints is None or now - self._endpoints_at > _REMEMBERED_SECONDS:
            where = self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
            document = await self._fetch(where, private=self._private)
            if document.get("issuer") != self.provider.issuer:
                raise ProviderUnavailable("The identity provider's document names another issuer")
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            urls = [document.get(name) for name in names]
            if not all(isinstance(url, str) for url in urls):
                raise ProviderUnavailable("The identity provider's document names no endpoints")
            self._endpoints = _Endpoints(*map(str, urls))
            self._endpoints_at = now
        return self._endpoints

    async def _known_keys(self, *, renew: bool) -> KeySet:
        age = self._clock() - self._keys_at
        is_due = age > _REMEMBERED_SECONDS or (renew and age >= _LEAST_WAIT_SECONDS)
        if self._keys is None or is_due:
            self._keys_at = self._clock()
            try:
                self._keys = _key_set(await self._fetch((await self._discovered()).keys, private=self._private))
            except ProviderUnavailable:
                if self._keys is None:
                    self._keys_at = 0.0
                    raise
        return self._keys


def _key_set(document: dict[str, Any]) -> KeySet:
    """Return the keys that may sign; those for other purposes or of kinds that we do not know are left out."""
    members = document.get("keys")
    usable = [
        each
        for each in (members if isinstance(members, list) else [])[:_MOST_KEYS]
        if isinstance(each, dict) and each.get("kty") in {"RSA", "EC", "OKP"} and each.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderUnavailable("The identity provider publishes keys that cannot be read") from error


def _is_address(host: str) -> bool:
    return host.replace(".", "").isdigit() or ":" in host
