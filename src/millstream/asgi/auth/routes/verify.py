"""The auth API's `/verify`: by POST for applications, by GET for the links of mails, which redirect to the site.

A link answers with a redirect in every case, because a person has followed it: session or error travel in the
fragment, which no server on the way sees, a PKCE code in the query; and only to places that the project allows.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from millstream.asgi.auth.bodies import VerifyBody, read_body, refuse_phone
from millstream.asgi.auth.requests import client_of
from millstream.asgi.auth.responses import json_response
from millstream.auth.auth import Auth
from millstream.auth.errors import AuthError, ValidationFailed
from millstream.auth.flows.verify import verify_digits, verify_link
from millstream.auth.redirects import allowed_redirect, with_fragment, with_query

_SHOWN = ("access_token", "expires_at", "expires_in", "refresh_token", "token_type")


def verify_routes(auth: Auth) -> list[Route]:
    """Return the two routes."""
    return [
        Route("/verify", functools.partial(_by_post, auth), methods=["POST"]),
        Route("/verify", functools.partial(_by_link, auth), methods=["GET"]),
    ]


async def _by_post(auth: Auth, request: Request) -> Response:
    body = await read_body(request, VerifyBody)
    refuse_phone(body.phone)
    link_type, client = body.type or "", client_of(request)
    if body.token_hash:
        token = body.token_hash
        proved = await verify_link(auth, link_type=link_type, token=token, client=client, in_browser=False)
    elif body.token and body.email:
        proved = await verify_digits(auth, link_type=link_type, address=body.email, digits=body.token, client=client)
    else:
        raise ValidationFailed("Verify requires a token_hash, or a token and an email")
    return json_response(request, proved.session or {"msg": proved.message, "code": 200})


async def _by_link(auth: Auth, request: Request) -> Response:
    query = request.query_params
    target = allowed_redirect(auth.settings, query.get("redirect_to"))
    if request.method == "HEAD":
        return redirect(target)  # somebody looks where the link leads; using the token up is for whoever follows it
    link_type, client = query.get("type", ""), client_of(request)
    try:
        token = query.get("token", "")
        proved = await verify_link(auth, link_type=link_type, token=token, client=client, in_browser=True)
    except AuthError as error:
        told = {"error": "access_denied", "error_code": error.code, "error_description": error.message}
        return redirect(with_fragment(target, told))
    if proved.code is not None:
        return redirect(with_query(target, {"code": proved.code}))
    if proved.session is None:
        return redirect(with_fragment(target, {"message": proved.message or ""}))
    return redirect(with_fragment(target, {**session_fragment(proved.session), "type": link_type}))


def session_fragment(session: Mapping[str, Any]) -> dict[str, str]:
    """Return what of a session travels in a fragment."""
    return {name: str(session[name]) for name in _SHOWN}


def redirect(target: str, *, status: int = 303) -> Response:
    """Send a browser on, to where nothing says whence."""
    headers = {"location": target, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(status_code=status, headers=headers)
