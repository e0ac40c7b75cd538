"""Reads what the auth API's routes need of a request beside its body: who asks, from where, for which page."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

from millstream.asgi.authenticate import Authenticator
from millstream.auth.auth import Auth, Client
from millstream.auth.credentials import bearer_token
from millstream.auth.errors import NoAuthorization, NotAdmin, ValidationFailed
from millstream.auth.flows.link import Asker
from millstream.auth.pkce import Challenge
from millstream.identity import Claims, Role

_LONGEST_AGENT = 400
_MOST_PER_PAGE = 1000
_FARTHEST_PAGE = 1_000_000


def client_of(request: Request) -> Client:
    """Return where a request came from; what is no network address, such as a socket's path, counts as unknown."""
    host = request.client.host if request.client else ""
    try:
        ip = str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        ip = None
    return Client(ip=ip, user_agent=request.headers.get("user-agent", "")[:_LONGEST_AGENT] or None)


def asker_of(request: Request, challenge: Challenge | None = None) -> Asker:
    """Return who asks for a mail, and where its link shall lead."""
    return Asker(client_of(request), request.query_params.get("redirect_to"), challenge)


def bearer_claims(auth: Auth, request: Request) -> Claims:
    """Return the claims of the access token in the Authorization header. Raises NoAuthorization or TokenRefused."""
    token = bearer_token(request.headers.get("authorization"))
    if not token:
        raise NoAuthorization("This endpoint requires a valid Bearer token")
    return auth.credentials.claims_of(token)


def require_admin(auth: Auth, request: Request) -> None:
    """Raise NoAuthorization for nobody and NotAdmin for anybody but the service role."""
    if not request.headers.get("authorization") and not request.headers.get("apikey"):
        raise NoAuthorization("This endpoint requires a valid Bearer token")
    if Authenticator(auth.credentials, auth.settings)(request.scope).role != Role.SERVICE:
        raise NotAdmin("User not allowed")


def page_of(request: Request) -> tuple[int, int]:
    """Return the page that is asked for, counted from 1, and its length."""
    page = _number(request, "page", 1, most=_FARTHEST_PAGE)
    return page, min(_number(request, "per_page", 50, most=_FARTHEST_PAGE), _MOST_PER_PAGE)


def _number(request: Request, name: str, default: int, *, most: int) -> int:
    text = request.query_params.get(name) or str(default)
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)) or not 0 < int(text) <= most:
        raise ValidationFailed(f"Bad Pagination Parameters: {name} must be a positive number")
    return int(text)
