"""The auth API's routes for identity providers: `/authorize` sends the browser there, `/callback` takes it back.

`/user/identities` links a further identity to the signed-in account and takes one away. A browser is answered with a
redirect in every case, and only to places that the project allows.
"""

from __future__ import annotations

import functools
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from millstream.asgi.auth.requests import bearer_claims, client_of
from millstream.asgi.auth.responses import json_response
from millstream.asgi.auth.routes.verify import redirect, session_fragment
from millstream.auth.auth import Auth
from millstream.auth.flows.account import current_user
from millstream.auth.oidc.errors import IdentityNotFound
from millstream.auth.oidc.flow_rows import STATE_LIFETIME
from millstream.auth.oidc.linking import unlink_identity
from millstream.auth.oidc.sign_in import (
    PASSED_ON,
    BegunSignIn,
    Outcome,
    Returned,
    WantedSignIn,
    begin_sign_in,
    callback_url,
    finish_sign_in,
)
from millstream.auth.pkce import parse_challenge
from millstream.auth.redirects import with_fragment, with_query
from millstream.auth.store.users import User

_COOKIE = "millstream_oauth"
_LONGEST_PARAMETER = 2048


def oauth_routes(auth: Auth) -> list[Route]:
    """Return the routes."""
    return [
        Route("/authorize", functools.partial(_authorize, auth), methods=["GET"]),
        Route("/callback", functools.partial(_callback, auth), methods=["GET"]),
        Route("/user/identities/authorize", functools.partial(_link, auth), methods=["GET"]),
        Route("/user/identities/{id}", functools.partial(_unlink, auth), methods=["DELETE"]),
    ]


async def _authorize(auth: Auth, request: Request) -> Response:
    begun = await begin_sign_in(auth, _wanted(request), client_of(request))
    response = redirect(begun.url, status=302)
    _keep_cookie(auth, begun, response)
    return response


async def _link(auth: Auth, request: Request) -> Response:
    user, _ = await current_user(auth, bearer_claims(auth, request))
    begun = await begin_sign_in(auth, _wanted(request, user), client_of(request))
    if request.query_params.get("skip_http_redirect") == "true":
        return json_response(request, {"url": begun.url})
    return redirect(begun.url, status=302)


async def _callback(auth: Auth, request: Request) -> Response:
    if request.method == "HEAD":
        return redirect(auth.settings.site_url)  # somebody looks where it leads; the state is for whoever follows
    query = request.query_params
    returned = Returned(
        state=query.get("state", ""),
        code=query.get("code", ""),
        cookie=request.cookies.get(_COOKIE, ""),
        error=query.get("error", ""),
        error_description=query.get("error_description", ""),
    )
    response = redirect(_target(await finish_sign_in(auth, returned, client_of(request))))
    response.delete_cookie(_COOKIE, path=_cookie_path(auth))
    return response


async def _unlink(auth: Auth, request: Request) -> Response:
    user, _ = await current_user(auth, bearer_claims(auth, request))
    try:
        identity_id = UUID(request.path_params["id"])
    except ValueError:
        raise IdentityNotFound("Identity doesn't exist") from None
    await unlink_identity(auth, user, identity_id, client_of(request))
    return json_response(request, {})


def _wanted(request: Request, user: User | None = None) -> WantedSignIn:
    query = request.query_params
    return WantedSignIn(
        provider=query.get("provider", ""),
        redirect_to=query.get("redirect_to"),
        challenge=parse_challenge(query.get("code_challenge"), query.get("code_challenge_method")),
        scopes=tuple(query.get("scopes", "")[:_LONGEST_PARAMETER].replace(",", " ").split()),
        passed_on={name: query[name][:_LONGEST_PARAMETER] for name in PASSED_ON if name in query},
        link_to=user,
    )


def _target(outcome: Outcome) -> str:
    if outcome.error is not None:
        error = outcome.error
        told = {"error": "access_denied", "error_code": error.code, "error_description": error.message}
        return (with_query if outcome.has_challenge else with_fragment)(outcome.redirect_to, told)
    if outcome.session is not None:
        return with_fragment(outcome.redirect_to, session_fragment(outcome.session))
    return with_query(outcome.redirect_to, {"code": outcome.code or ""})


def _keep_cookie(auth: Auth, begun: BegunSignIn, response: Response) -> None:
    if begun.cookie is not None:
        response.set_cookie(
            _COOKIE,
            begun.cookie,
            max_age=int(STATE_LIFETIME.total_seconds()),
            path=_cookie_path(auth),
            secure=callback_url(auth).startswith("https:"),
            httponly=True,
            samesite="lax",
        )


def _cookie_path(auth: Auth) -> str:
    return "/" + callback_url(auth).split("/", 3)[-1]
