"""The admin view below `/admin`: a page for whoever runs the project, and the JSON under `/admin/v1` that it shows.

Who asks proves himself with a secret key in a header, never with a cookie, a query string or by where he is, so that no
page elsewhere can have a browser ask in his name (CSRF). Nothing here is shared with other origins: no CORS header is
ever sent, and requests that a browser marks as coming from another site are refused. Unless MILLSTREAM_ADMIN says
otherwise the view exists for this machine alone; for anybody else there is nothing at this address.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, Protocol

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.asgi.error_pages import error_body, send_error
from millstream.asgi.operator_settings import OperatorSettings
from millstream.asgi.peers.local import is_local
from millstream.asgi.portal import portal_app
from millstream.auth.credentials import Credentials, bearer_token
from millstream.errors import MillstreamError
from millstream.identity import Role

Json = dict[str, Any]
_LONGEST_SEARCH = 200
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


class AdminKeyRequired(MillstreamError):
    """The admin view is for who has a secret key of the project."""

    code: ClassVar[str] = "admin_key_required"
    status: ClassVar[int] = 401


class CrossSiteRequest(MillstreamError):
    """A page of another origin asked for something that only the project's own pages may ask for."""

    code: ClassVar[str] = "cross_site_request"
    status: ClassVar[int] = 403


class SocketNotFound(MillstreamError):
    """There is no open socket with this number."""

    code: ClassVar[str] = "socket_not_found"
    status: ClassVar[int] = 404


class Views(Protocol):
    """What is shown; implemented by `server.admin_views`."""

    async def overview(self) -> Json:
        """Return the figures of the whole project."""
        ...

    async def log(self) -> Json:
        """Return the state of log, slot and history."""
        ...

    def sockets(self, search: str, order: str) -> Json:
        """Return open sockets."""
        ...

    def channels(self, search: str) -> Json:
        """Return joined topics."""
        ...

    def subscriptions(self) -> Json:
        """Return who listens to which table."""
        ...

    def presence(self, search: str) -> Json:
        """Return who is present."""
        ...

    def rooms(self, search: str) -> Json:
        """Return the rooms in which somebody is."""
        ...

    def room_connections(self, search: str) -> Json:
        """Return who is connected by Socket.IO."""
        ...

    def disconnect_room_connection(self, number: int) -> bool:
        """End one of them."""
        ...

    def policies(self) -> Json:
        """Return how the visibility of each table is decided."""
        ...

    def disconnect(self, number: int) -> bool:
        """End one socket."""
        ...


Endpoint = Callable[[Views, Request], Awaitable[Response]]


def admin_app(
    views: Views,
    credentials: Credentials,
    settings: OperatorSettings,
    *,
    webhooks: ASGIApp,
    folder: Path,
    title: str,
    name: str,
) -> ASGIApp:
    """Return the admin view as one application; `folder` holds the built page.

    `webhooks` answers whatever is below `/v1/webhooks`, as the service role, once the asker has proved himself here.
    """
    routes = [*_routes(views, credentials), Mount("/v1/webhooks", _for_operators(webhooks, credentials))]
    api = Starlette(routes=routes, exception_handlers=_HANDLERS)
    page = portal_app(folder, {"name": name, "title": title})

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not (is_local(scope) if settings.admin is None else settings.admin):
            await send_error(send, status=404, code="not_found", message=f"Nothing is served at {scope['path']}.")
            return
        root = scope["root_path"]
        path = scope["path"].removeprefix(root)
        if path == "/v1" or path.startswith("/v1/"):
            await api(scope, receive, send)
        elif not path:
            await Response(status_code=307, headers={"location": f"{root}/"})(scope, receive, send)
        else:
            await page(scope, receive, send)

    return app


def _routes(views: Views, credentials: Credentials) -> list[Route]:
    own: list[tuple[str, str, Endpoint]] = [
        ("GET", "/v1/overview", _overview),
        ("GET", "/v1/log", _log),
        ("GET", "/v1/sockets", _sockets),
        ("DELETE", "/v1/sockets/{number:int}", _disconnect),
        ("GET", "/v1/channels", _channels),
        ("GET", "/v1/subscriptions", _subscriptions),
        ("GET", "/v1/presence", _presence),
        ("GET", "/v1/policies", _policies),
        ("GET", "/v1/rooms", _rooms),
        ("GET", "/v1/rooms/connections", _room_connections),
        ("DELETE", "/v1/rooms/connections/{number:int}", _disconnect_room_connection),
    ]
    return [
        Route(path, functools.partial(_as_operator, endpoint, views, credentials), methods=[method])
        for method, path, endpoint in own
    ]


async def _as_operator(endpoint: Endpoint, views: Views, credentials: Credentials, request: Request) -> Response:
    _require_operator(credentials, request)
    return await endpoint(views, request)


def _for_operators(app: ASGIApp, credentials: Credentials) -> ASGIApp:
    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        _require_operator(credentials, Request(scope))
        await app(scope, receive, send)

    return guarded


def _require_operator(credentials: Credentials, request: Request) -> None:
    _require_same_origin(request)
    _require_secret_key(credentials, request)


async def _overview(views: Views, _: Request) -> Response:
    return _json(await views.overview())


async def _log(views: Views, _: Request) -> Response:
    return _json(await views.log())


async def _sockets(views: Views, request: Request) -> Response:
    return _json(views.sockets(_search(request), request.query_params.get("order", "newest")))


async def _disconnect(views: Views, request: Request) -> Response:
    if not views.disconnect(request.path_params["number"]):
        raise SocketNotFound("There is no such socket any more.")
    return Response(status_code=204, headers=_HEADERS)


async def _channels(views: Views, request: Request) -> Response:
    return _json(views.channels(_search(request)))


async def _subscriptions(views: Views, _: Request) -> Response:
    return _json(views.subscriptions())


async def _presence(views: Views, request: Request) -> Response:
    return _json(views.presence(_search(request)))


async def _rooms(views: Views, request: Request) -> Response:
    return _json(views.rooms(_search(request)))


async def _room_connections(views: Views, request: Request) -> Response:
    return _json(views.room_connections(_search(request)))


async def _disconnect_room_connection(views: Views, request: Request) -> Response:
    if not views.disconnect_room_connection(request.path_params["number"]):
        raise SocketNotFound("There is no such connection any more.")
    return Response(status_code=204, headers=_HEADERS)


async def _policies(views: Views, _: Request) -> Response:
    return _json(views.policies())


def _require_same_origin(request: Request) -> None:
    """Refuse what a browser says comes from another origin: that site's page is at work, not the operator."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    foreign = origin is not None and origin.partition("://")[2] != request.headers.get("host", "")
    if site not in {"same-origin", "none"} or foreign:
        raise CrossSiteRequest("Only the project's own pages may ask for this.")


def _require_secret_key(credentials: Credentials, request: Request) -> None:
    key = bearer_token(request.headers.get("authorization"))
    if not key:
        raise AdminKeyRequired("A secret key of the project is needed.", hint="`Authorization: Bearer sb_secret_…`")
    if credentials.claims_of(key).role != Role.SERVICE:
        raise AdminKeyRequired("This is no secret key of the project.")


def _search(request: Request) -> str:
    return request.query_params.get("search", "")[:_LONGEST_SEARCH].strip().lower()


def _json(content: Json) -> Response:
    return Response(orjson.dumps(content), headers=_HEADERS, media_type="application/json")


async def _render_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, MillstreamError):
        raise error
    # Whatever is wrong with a key, it does not open this door.
    status = error.status if isinstance(error, CrossSiteRequest | SocketNotFound) else 401
    headers = {**_HEADERS, "www-authenticate": "Bearer"} if status == 401 else _HEADERS
    return Response(error_body(error), status, headers, "application/json")


async def _render_route_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    body = orjson.dumps({"code": "not_found", "message": error.detail, "details": None, "hint": None})
    return Response(body, error.status_code, _HEADERS, "application/json")


_HANDLERS = {MillstreamError: _render_error, HTTPException: _render_route_error}
