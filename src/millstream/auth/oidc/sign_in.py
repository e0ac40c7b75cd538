"""Signs people in by an identity provider: sends the browser there, and takes it back with what the provider says.

A client that began with a PKCE challenge gets a code for its verifier. For one that did not, the session goes into the
fragment, and only to the browser that began, known by a cookie: otherwise somebody could sign others in as himself. To
link an identity wants a challenge for the same reason: it is linked when the code is exchanged, by whoever began.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import AuthError, FlowStateNotFound, UserBanned, ValidationFailed
from millstream.auth.flows.grant import sign_in
from millstream.auth.oidc.errors import OAuthCallbackInvalid, OAuthStateInvalid
from millstream.auth.oidc.flow_rows import ReturnedFlow, begin_oauth_flow, settle_account, use_state
from millstream.auth.oidc.id_token import ProvenIdentity, identity_of
from millstream.auth.oidc.issuer import Issuer
from millstream.auth.oidc.linking import account_of, link_identity
from millstream.auth.pkce import Challenge
from millstream.auth.redirects import allowed_redirect
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.flow_state import issue_code
from millstream.auth.store.sessions import Method
from millstream.auth.store.users import Connection, User

PASSED_ON = frozenset({"access_type", "acr_values", "hd", "login_hint", "prompt", "ui_locales"})
"""Parameters of a client that go on to the provider; what the flow stands on is never a client's to set."""
_LONGEST_MESSAGE = 200


@dataclass(frozen=True, slots=True)
class WantedSignIn:
    """How a client wants somebody to be signed in, or an identity to be linked to an account."""

    provider: str
    redirect_to: str | None = None
    challenge: Challenge | None = None
    scopes: tuple[str, ...] = ()
    passed_on: Mapping[str, str] = field(default_factory=dict)
    link_to: User | None = None


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """Where the browser goes, and the cookie that it shall bring back where no verifier will prove who began."""

    url: str
    cookie: str | None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a browser brought back from a provider."""

    state: str
    code: str
    cookie: str
    error: str = ""
    error_description: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the browser goes in the end, and with what: a code, a session or an error."""

    redirect_to: str
    has_challenge: bool
    code: str | None = None
    session: Mapping[str, Any] | None = None
    error: AuthError | None = None


async def begin_sign_in(auth: Auth, wanted: WantedSignIn, client: Client) -> BegunSignIn:
    """Return where to sign in. Raises ValidationFailed for an unknown provider, ProviderUnavailable or RateLimited."""
    auth.limits.count_token_request(client.ip)
    issuer = _issuer(auth, wanted.provider)
    if wanted.link_to is not None and wanted.challenge is None:
        raise ValidationFailed("Linking an identity needs the flow type pkce")
    async with auth.transaction() as connection:
        state = await begin_oauth_flow(
            connection,
            provider=wanted.provider,
            redirect_to=allowed_redirect(auth.settings, wanted.redirect_to),
            challenge=wanted.challenge,
            link_to=wanted.link_to.id if wanted.link_to else None,
            now=auth.now,
        )
    verifier = Challenge.of_verifier(auth.oauth_state.derived("verifier", state))
    parameters = {
        **{name: value for name, value in wanted.passed_on.items() if name in PASSED_ON},
        "response_type": "code",
        "client_id": issuer.provider.client_id,
        "redirect_uri": callback_url(auth),
        "scope": " ".join(dict.fromkeys((*issuer.provider.scopes, *wanted.scopes))),
        "state": state,
        "nonce": auth.oauth_state.derived("nonce", state),
        "code_challenge": verifier.text,
        "code_challenge_method": "S256",
    }
    cookie = None if wanted.challenge else auth.oauth_state.derived("browser", state)
    return BegunSignIn(await issuer.authorization_url(parameters), cookie)


async def finish_sign_in(auth: Auth, returned: Returned, client: Client) -> Outcome:
    """Take a browser back. Never raises for what the provider or the browser did: the outcome says it."""
    auth.limits.count_token_request(client.ip)
    async with auth.transaction() as connection:
        flow = await use_state(connection, returned.state, now=auth.now)
    if flow is None:
        error = OAuthStateInvalid("OAuth state is unknown or has expired")
        return Outcome(auth.settings.site_url, has_challenge=False, error=error)
    try:
        _check_browser(auth, flow, returned)
        identity = await _proven(auth, flow, returned)
        return await _settled(auth, flow, identity, client)
    except AuthError as error:
        return Outcome(flow.redirect_to, flow.has_challenge, error=error)


def callback_url(auth: Auth) -> str:
    """Return the one URL to which providers send browsers back; it is registered with each of them."""
    return f"{auth.url}/callback"


async def complete_link(
    auth: Auth, connection: Connection, user: User, pending: Mapping[str, Any], client: Client
) -> User:
    """Link the identity that waited for its code to be exchanged. Raises IdentityTaken or EmailExists."""
    identity = ProvenIdentity(pending["provider"], pending["subject"], pending["address"], pending["data"])
    return await link_identity(auth, connection, user, identity, client)


def _issuer(auth: Auth, provider: str) -> Issuer:
    issuer = auth.issuers.get(provider)
    if issuer is None:
        raise ValidationFailed("Unsupported provider: provider is not enabled")
    return issuer


def _check_browser(auth: Auth, flow: ReturnedFlow, returned: Returned) -> None:
    if not flow.has_challenge:
        expected = auth.oauth_state.derived("browser", returned.state)
        if not hmac.compare_digest(expected.encode(), returned.cookie.encode()):
            raise OAuthStateInvalid("OAuth state belongs to another browser")


async def _proven(auth: Auth, flow: ReturnedFlow, returned: Returned) -> ProvenIdentity:
    if returned.error or not returned.code:
        told = returned.error_description or returned.error or "the identity provider sent no code"
        raise OAuthCallbackInvalid(told[:_LONGEST_MESSAGE])
    issuer = _issuer(auth, flow.provider)
    claims = await issuer.redeem(
        code=returned.code,
        verifier=auth.oauth_state.derived("verifier", returned.state),
        redirect_uri=callback_url(auth),
        nonce=auth.oauth_state.derived("nonce", returned.state),
    )
    return identity_of(issuer.provider, claims)


async def _settled(auth: Auth, flow: ReturnedFlow, identity: ProvenIdentity, client: Client) -> Outcome:
    for is_last in (False, True):
        try:
            async with auth.transaction() as connection:
                return await _settle(auth, connection, flow, identity, client)
        except UniqueViolation:
            if is_last:  # somebody made the same account twice in a moment
                break
    raise OAuthCallbackInvalid("The account is being made elsewhere")


async def _settle(
    auth: Auth, connection: Connection, flow: ReturnedFlow, identity: ProvenIdentity, client: Client
) -> Outcome:
    if flow.link_to is not None:
        pending = {
            "provider": identity.provider,
            "subject": identity.subject,
            "address": identity.address,
            "data": dict(identity.data),
        }
        await settle_account(connection, flow.id, flow.link_to, pending)
        return await _with_code(auth, connection, flow)
    user = await account_of(auth, connection, identity, client)
    if user.is_banned(auth.now):
        raise UserBanned("User is banned")
    if flow.has_challenge:
        await settle_account(connection, flow.id, user.id)
        return await _with_code(auth, connection, flow)
    await record(connection, Action.LOGIN, user_id=user.id, name=identity.address, ip=client.ip)
    session = await sign_in(auth, connection, user, Method.OAUTH, client)
    return Outcome(flow.redirect_to, has_challenge=False, session=session)


async def _with_code(auth: Auth, connection: Connection, flow: ReturnedFlow) -> Outcome:
    code = await issue_code(connection, flow.id, now=auth.now)
    if code is None:
        raise FlowStateNotFound("invalid flow state, no valid flow state found")
    return Outcome(flow.redirect_to, has_challenge=True, code=code)
