"""The auth API's routes for second factors: `/factors` for people, `/admin/users/{id}/factors` for the service role."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from millstream.asgi.auth.bodies import AnswerBody, EnrollBody, read_body
from millstream.asgi.auth.requests import bearer_claims, client_of, require_admin
from millstream.asgi.auth.responses import json_response
from millstream.auth.auth import Auth
from millstream.auth.errors import (
    AccountNotFound,
    FactorNotFound,
    PhoneFactorsDisabled,
    ValidationFailed,
    WebauthnFactorsDisabled,
)
from millstream.auth.flows.account import current_user
from millstream.auth.flows.factors import (
    SignedIn,
    answer,
    challenge,
    enroll,
    list_factors,
    remove_factor,
    unenroll,
)

Endpoint = Callable[[Auth, Request], Awaitable[Response]]


def factor_routes(auth: Auth) -> list[Route]:
    """Return the routes."""
    own: list[tuple[str, str, Endpoint]] = [
        ("POST", "/factors", _enroll),
        ("POST", "/factors/{id}/challenge", _challenge),
        ("POST", "/factors/{id}/verify", _answer),
        ("DELETE", "/factors/{id}", _unenroll),
        ("GET", "/admin/users/{user_id}/factors", _list),
        ("DELETE", "/admin/users/{user_id}/factors/{id}", _remove),
    ]
    return [Route(path, functools.partial(endpoint, auth), methods=[method]) for method, path, endpoint in own]


async def _enroll(auth: Auth, request: Request) -> Response:
    who, body = await _who(auth, request), await read_body(request, EnrollBody)
    if body.factor_type == "phone":
        raise PhoneFactorsDisabled("MFA enroll is disabled for Phone")
    if body.factor_type == "webauthn":
        raise WebauthnFactorsDisabled("MFA enroll is disabled for WebAuthn")
    if body.factor_type != "totp":
        raise ValidationFailed("factor_type needs to be totp, phone, or webauthn")
    return json_response(request, await enroll(auth, who, name=body.friendly_name, issuer=body.issuer))


async def _challenge(auth: Auth, request: Request) -> Response:
    who = await _who(auth, request)
    return json_response(request, await challenge(auth, who, _factor_id(request)))


async def _answer(auth: Auth, request: Request) -> Response:
    who, body = await _who(auth, request), await read_body(request, AnswerBody)
    if body.challenge_id is None or not body.code:
        raise ValidationFailed("Verify requires a challenge_id and a code")
    session = await answer(auth, who, _factor_id(request), challenge_id=body.challenge_id, code=body.code)
    return json_response(request, session)


async def _unenroll(auth: Auth, request: Request) -> Response:
    who = await _who(auth, request)
    return json_response(request, await unenroll(auth, who, _factor_id(request)))


async def _list(auth: Auth, request: Request) -> Response:
    require_admin(auth, request)
    return json_response(request, await list_factors(auth, _user_id(request)))


async def _remove(auth: Auth, request: Request) -> Response:
    require_admin(auth, request)
    removed = await remove_factor(auth, _user_id(request), _factor_id(request), client_of(request))
    return json_response(request, removed)


async def _who(auth: Auth, request: Request) -> SignedIn:
    user, session_id = await current_user(auth, bearer_claims(auth, request))
    return SignedIn(user, session_id, client_of(request))


def _factor_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["id"])
    except ValueError:
        raise FactorNotFound("Factor not found") from None


def _user_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["user_id"])
    except ValueError:
        raise AccountNotFound("User not found") from None
