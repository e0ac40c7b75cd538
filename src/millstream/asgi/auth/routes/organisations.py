"""The auth API's routes for organisations: `/organisations` with members and invitations, and `/invitations`.

Everything is asked by a signed-in person, except for what the bearer of an invitation's token may do without an
account. What a role may do is decided in `auth.organisations`.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from millstream.asgi.auth.bodies import InvitationBody, MemberBody, OrganisationBody, read_body
from millstream.asgi.auth.requests import asker_of, bearer_claims, client_of
from millstream.asgi.auth.responses import empty_response, json_response
from millstream.auth.auth import Auth
from millstream.auth.errors import ValidationFailed
from millstream.auth.flows.account import current_user
from millstream.auth.organisations import invitations, manage, members
from millstream.auth.organisations.errors import InvitationNotFound, MemberNotFound, OrganisationNotFound
from millstream.auth.organisations.manage import OrganisationValues
from millstream.auth.store.users import User
from millstream.errors import MillstreamError

Endpoint = Callable[[Auth, Request], Awaitable[Response]]
SignedInEndpoint = Callable[[Auth, Request, User], Awaitable[Response]]


def organisation_routes(auth: Auth) -> list[Route]:
    """Return the routes."""
    signed_in: list[tuple[str, str, SignedInEndpoint]] = [
        ("GET", "/organisations", _list),
        ("POST", "/organisations", _create),
        ("GET", "/organisations/{id}", _read),
        ("PATCH", "/organisations/{id}", _change),
        ("GET", "/organisations/{id}/members", _list_members),
        ("PATCH", "/organisations/{id}/members/{user_id}", _change_role),
        ("DELETE", "/organisations/{id}/members/{user_id}", _remove_member),
        ("GET", "/organisations/{id}/invitations", _list_invitations),
        ("POST", "/organisations/{id}/invitations", _invite),
        ("DELETE", "/organisations/{id}/invitations/{invitation_id}", _revoke),
        ("GET", "/invitations", _own_invitations),
    ]
    by_token: list[tuple[str, str, Endpoint]] = [
        ("POST", "/invitations/read", _look_at),
        ("POST", "/invitations/accept", _accept),
    ]
    return [
        *(Route(path, functools.partial(_as_user, each, auth), methods=[method]) for method, path, each in signed_in),
        *(Route(path, functools.partial(each, auth), methods=[method]) for method, path, each in by_token),
    ]


async def _as_user(endpoint: SignedInEndpoint, auth: Auth, request: Request) -> Response:
    user, _ = await current_user(auth, bearer_claims(auth, request))
    return await endpoint(auth, request, user)


async def _list(auth: Auth, request: Request, user: User) -> Response:
    return json_response(request, {"organisations": await manage.list_organisations(auth, user)})


async def _create(auth: Auth, request: Request, user: User) -> Response:
    values = await _values(request)
    return json_response(request, await manage.create_organisation(auth, user, values, client_of(request)))


async def _read(auth: Auth, request: Request, user: User) -> Response:
    return json_response(request, await manage.read_organisation(auth, _organisation_id(request), user))


async def _change(auth: Auth, request: Request, user: User) -> Response:
    organisation_id, values = _organisation_id(request), await _values(request)
    changed = await manage.change_organisation(auth, organisation_id, user, values, client_of(request))
    return json_response(request, changed)


async def _list_members(auth: Auth, request: Request, user: User) -> Response:
    return json_response(request, {"members": await members.list_members(auth, _organisation_id(request), user)})


async def _change_role(auth: Auth, request: Request, user: User) -> Response:
    role = members.parse_role((await read_body(request, MemberBody)).role)
    organisation_id, member = _organisation_id(request), _member(request, user)
    return json_response(
        request, await members.change_role(auth, organisation_id, user, member, role, client_of(request))
    )


async def _remove_member(auth: Auth, request: Request, user: User) -> Response:
    await members.remove_member(auth, _organisation_id(request), user, _member(request, user), client_of(request))
    return empty_response(request)


async def _list_invitations(auth: Auth, request: Request, user: User) -> Response:
    found = await invitations.list_invitations(auth, _organisation_id(request), user)
    return json_response(request, {"invitations": found})


async def _invite(auth: Auth, request: Request, user: User) -> Response:
    body = await read_body(request, MemberBody)
    role = members.parse_role(body.role)
    invited = await invitations.invite(
        auth, _organisation_id(request), user, email=body.email or "", role=role, asker=asker_of(request)
    )
    return json_response(request, invited)


async def _revoke(auth: Auth, request: Request, user: User) -> Response:
    invitation_id = _uuid(request, "invitation_id", InvitationNotFound("Invitation not found"))
    await invitations.revoke_invitation(auth, _organisation_id(request), user, invitation_id, client_of(request))
    return empty_response(request)


async def _own_invitations(auth: Auth, request: Request, user: User) -> Response:
    return json_response(request, {"invitations": await invitations.own_invitations(auth, user)})


async def _look_at(auth: Auth, request: Request) -> Response:
    token = (await read_body(request, InvitationBody)).token or ""
    return json_response(request, await invitations.look_at(auth, token, client_of(request)))


async def _accept(auth: Auth, request: Request) -> Response:
    """Join with the account that is signed in, else with a new one if there is a password."""
    body, client = await read_body(request, InvitationBody), client_of(request)
    if body.password:
        if not body.token:
            raise ValidationFailed("A new account needs the token of an invitation")
        session = await invitations.accept_with_new_account(
            auth, token=body.token, password=body.password, data=body.data or {}, client=client
        )
        return json_response(request, session)
    user, _ = await current_user(auth, bearer_claims(auth, request))
    joined = await invitations.accept(auth, user, token=body.token, invitation_id=body.id, client=client)
    return json_response(request, joined)


async def _values(request: Request) -> OrganisationValues:
    return OrganisationValues(**(await read_body(request, OrganisationBody)).model_dump())


def _organisation_id(request: Request) -> UUID:
    return _uuid(request, "id", OrganisationNotFound("Organisation not found"))


def _member(request: Request, user: User) -> UUID:
    if request.path_params["user_id"] == "me":
        return user.id
    return _uuid(request, "user_id", MemberNotFound("Nobody of this id belongs to the organisation"))


def _uuid(request: Request, name: str, error: MillstreamError) -> UUID:
    try:
        return UUID(request.path_params[name])
    except ValueError:
        raise error from None
