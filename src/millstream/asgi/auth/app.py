"""The auth API below `/auth/v1`, as auth-js and supabase-auth ask it: HTTP in, a flow of `auth.flows`, JSON out.

Routes only read requests and render answers; what may be done and what it means is decided in `auth.flows`.
`asgi.auth.routes.admin` holds the routes of the service role, `asgi.auth.routes.unoffered` those that answer why not.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from importlib.metadata import version

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from millstream.asgi.auth.bodies import (
    CodeBody,
    PasswordBody,
    RefreshBody,
    SignUpBody,
    UpdateBody,
    challenge_of,
    read_body,
    refuse_phone,
)
from millstream.asgi.auth.requests import asker_of, bearer_claims, client_of
from millstream.asgi.auth.responses import empty_response, json_response, render_auth_error, render_route_error
from millstream.asgi.auth.routes.admin import admin_routes
from millstream.asgi.auth.routes.factors import factor_routes
from millstream.asgi.auth.routes.mail import mail_routes
from millstream.asgi.auth.routes.oauth import oauth_routes
from millstream.asgi.auth.routes.organisations import organisation_routes
from millstream.asgi.auth.routes.sessions import session_routes
from millstream.asgi.auth.routes.unoffered import unoffered_routes
from millstream.asgi.auth.routes.verify import verify_routes
from millstream.asgi.cors import Cors
from millstream.auth.auth import Auth
from millstream.auth.errors import InvalidCredentials, ProviderDisabled, RefreshTokenNotFound, ValidationFailed
from millstream.auth.flows.account import Changes, current_user, update_account
from millstream.auth.flows.sign_in import refresh, sign_in_with_password, sign_out
from millstream.auth.flows.sign_up import sign_in_anonymously, sign_up
from millstream.auth.flows.verify import exchange_code
from millstream.errors import MillstreamError

Endpoint = Callable[[Auth, Request], Awaitable[Response]]


def auth_app(auth: Auth) -> ASGIApp:
    """Return the whole auth API as one application, errors and CORS included."""
    handlers = {MillstreamError: render_auth_error, HTTPException: render_route_error}
    return Cors(Starlette(routes=auth_routes(auth), exception_handlers=handlers))


def auth_routes(auth: Auth) -> list[Route]:
    """Return the routes of the auth API; their errors are rendered by `render_auth_error`."""
    own: list[tuple[str, str, Endpoint]] = [
        ("POST", "/signup", _sign_up),
        ("POST", "/token", _token),
        ("GET", "/user", _read_user),
        ("PUT", "/user", _update_user),
        ("POST", "/logout", _sign_out),
        ("GET", "/settings", _settings),
        ("GET", "/health", _health),
        ("GET", "/.well-known/jwks.json", _jwks),
    ]
    routes = [Route(path, functools.partial(endpoint, auth), methods=[method]) for method, path, endpoint in own]
    return [
        *routes,
        *verify_routes(auth),
        *mail_routes(auth),
        *factor_routes(auth),
        *oauth_routes(auth),
        *organisation_routes(auth),
        *session_routes(auth),
        *admin_routes(auth),
        *unoffered_routes(),
    ]


async def _sign_up(auth: Auth, request: Request) -> Response:
    body = await read_body(request, SignUpBody)
    refuse_phone(body.phone)
    asker, data = asker_of(request, challenge_of(body)), body.data or {}
    if not body.email:
        return json_response(request, await sign_in_anonymously(auth, data=data, client=asker.client))
    if not body.password:
        raise ValidationFailed("Signup requires a valid password")
    return json_response(
        request, await sign_up(auth, address=body.email, password=body.password, data=data, asker=asker)
    )


async def _token(auth: Auth, request: Request) -> Response:
    grant = request.query_params.get("grant_type", "")
    if grant == "password":
        password_body = await read_body(request, PasswordBody)
        refuse_phone(password_body.phone)
        session = await sign_in_with_password(
            auth,
            address=password_body.email or "",
            password=password_body.password or "",
            client=client_of(request),
        )
        return json_response(request, session)
    if grant == "refresh_token":
        token = (await read_body(request, RefreshBody)).refresh_token
        if not token:
            raise RefreshTokenNotFound("Invalid Refresh Token: Refresh Token Not Found")
        return json_response(request, await refresh(auth, refresh_token=token, client=client_of(request)))
    if grant == "pkce":
        code_body = await read_body(request, CodeBody)
        code, verifier = code_body.auth_code, code_body.code_verifier
        if not code or not verifier:
            raise ValidationFailed("invalid request: both auth code and code verifier should be non-empty")
        return json_response(
            request, await exchange_code(auth, code=code, verifier=verifier, client=client_of(request))
        )
    if grant in {"id_token", "web3"}:
        raise ProviderDisabled(f"Signing in by {grant} is not offered here")
    raise InvalidCredentials("unsupported_grant_type")


async def _read_user(auth: Auth, request: Request) -> Response:
    user, _ = await current_user(auth, bearer_claims(auth, request))
    return json_response(request, user.to_json())


async def _update_user(auth: Auth, request: Request) -> Response:
    claims = bearer_claims(auth, request)
    body = await read_body(request, UpdateBody)
    refuse_phone(body.phone)
    asker = asker_of(request, challenge_of(body))
    user, session_id = await current_user(auth, claims)
    changes = Changes(
        email=body.email or None, password=body.password or None, data=body.data, nonce=body.nonce or None
    )
    updated = await update_account(auth, user, changes, session_id=session_id, asker=asker)
    return json_response(request, updated)


async def _sign_out(auth: Auth, request: Request) -> Response:
    user, session_id = await current_user(auth, bearer_claims(auth, request))
    scope = request.query_params.get("scope", "")
    await sign_out(auth, user, session_id=session_id, scope=scope, client=client_of(request))
    return empty_response(request)


async def _settings(auth: Auth, request: Request) -> Response:
    settings = auth.settings
    return json_response(
        request,
        {
            "external": {
                **dict.fromkeys(auth.issuers, True),
                "anonymous_users": settings.anonymous_sign_in,
                "email": True,
                "phone": False,
            },
            "disable_signup": not settings.sign_up,
            "mailer_autoconfirm": settings.autoconfirm,
            "phone_autoconfirm": False,
            "sms_provider": "",
            "mfa_enabled": True,
            "saml_enabled": False,
            # Millstream's own: what a sign-in page needs to know before it offers or asks for something.
            "mail_enabled": auth.outbox is not None,
            "organisations_enabled": settings.create_organisations,
            "password_min_length": settings.password_length,
        },
    )


async def _health(_: Auth, request: Request) -> Response:
    about = {"name": "Millstream", "version": version("millstream"), "description": "Sign-in of a Millstream project"}
    return json_response(request, about)


async def _jwks(auth: Auth, _: Request) -> Response:
    return Response(
        auth.keys.public_jwks, headers={"cache-control": "public, max-age=600"}, media_type="application/json"
    )
