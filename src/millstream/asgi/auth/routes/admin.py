"""The auth API below `/admin`, and `/invite`: other people's accounts, for the service role alone."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from millstream.asgi.auth.bodies import AccountBody, DeleteBody, InviteBody, LinkBody, read_body, refuse_phone
from millstream.asgi.auth.requests import asker_of, client_of, page_of, require_admin
from millstream.asgi.auth.responses import json_response
from millstream.auth.auth import Auth
from millstream.auth.errors import AccountNotFound
from millstream.auth.flows.admin import (
    AccountValues,
    create_account,
    delete_account,
    list_accounts,
    read_account,
    update_account_as_admin,
)
from millstream.auth.flows.links import WantedLink, generate_link, invite

Endpoint = Callable[[Auth, Request], Awaitable[Response]]


def admin_routes(auth: Auth) -> list[Route]:
    """Return the routes of the service role."""
    own: list[tuple[str, str, Endpoint]] = [
        ("POST", "/admin/users", _create),
        ("GET", "/admin/users", _list),
        ("GET", "/admin/users/{id}", _read),
        ("PUT", "/admin/users/{id}", _update),
        ("DELETE", "/admin/users/{id}", _delete),
        ("POST", "/admin/generate_link", _generate_link),
        ("POST", "/invite", _invite),
    ]
    return [
        Route(path, functools.partial(_as_admin, endpoint, auth), methods=[method]) for method, path, endpoint in own
    ]


async def _as_admin(endpoint: Endpoint, auth: Auth, request: Request) -> Response:
    require_admin(auth, request)
    return await endpoint(auth, request)


async def _create(auth: Auth, request: Request) -> Response:
    values = await _values(request)
    return json_response(request, await create_account(auth, values, client_of(request)))


async def _list(auth: Auth, request: Request) -> Response:
    page, per_page = page_of(request)
    users, total = await list_accounts(auth, page=page, per_page=per_page)
    headers = {"x-total-count": str(total), "link": _links(page, per_page, total)}
    return json_response(request, {"users": users, "aud": "authenticated"}, headers=headers)


async def _read(auth: Auth, request: Request) -> Response:
    return json_response(request, await read_account(auth, _id(request)))


async def _update(auth: Auth, request: Request) -> Response:
    user_id, values = _id(request), await _values(request)
    return json_response(request, await update_account_as_admin(auth, user_id, values, client_of(request)))


async def _delete(auth: Auth, request: Request) -> Response:
    soft = (await read_body(request, DeleteBody)).should_soft_delete
    await delete_account(auth, _id(request), soft=soft, client=client_of(request))
    return json_response(request, {})


async def _generate_link(auth: Auth, request: Request) -> Response:
    body = await read_body(request, LinkBody)
    wanted = WantedLink(
        type=body.type or "",
        email=body.email or "",
        password=body.password,
        data=body.data,
        new_email=body.new_email,
        redirect_to=request.query_params.get("redirect_to") or body.redirect_to,
    )
    return json_response(request, await generate_link(auth, wanted, client_of(request)))


async def _invite(auth: Auth, request: Request) -> Response:
    body = await read_body(request, InviteBody)
    invited = await invite(auth, address=body.email or "", data=body.data or {}, asker=asker_of(request))
    return json_response(request, invited)


async def _values(request: Request) -> AccountValues:
    body = await read_body(request, AccountBody)
    refuse_phone(body.phone)
    return AccountValues(**body.model_dump(exclude={"phone"}))


def _id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["id"])
    except ValueError:
        raise AccountNotFound("User not found") from None


def _links(page: int, per_page: int, total: int) -> str:
    """Return the Link header (RFC 8288); auth-js reads the number that follows the first equals sign."""
    last = max(1, -(-total // per_page))
    targets = [("next", page + 1)] if page < last else []
    return ", ".join(
        f'</admin/users?page={number}&per_page={per_page}>; rel="{relation}"'
        for relation, number in [*targets, ("last", last)]
    )
