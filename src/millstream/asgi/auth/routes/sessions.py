"""The auth API's routes for one's own sessions: `GET /sessions` lists them, `DELETE /sessions/{id}` ends one.

Not among Supabase's routes. Ending all others at once is `POST /logout?scope=others`, as clients know it.
"""

from __future__ import annotations

import functools
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from millstream.asgi.auth.requests import bearer_claims, client_of
from millstream.asgi.auth.responses import empty_response, json_response
from millstream.auth.auth import Auth
from millstream.auth.errors import ValidationFailed
from millstream.auth.flows.account import current_user
from millstream.auth.flows.sessions import end_own_session, own_sessions


def session_routes(auth: Auth) -> list[Route]:
    """Return the routes."""
    return [
        Route("/sessions", functools.partial(_list, auth), methods=["GET"]),
        Route("/sessions/{id}", functools.partial(_end, auth), methods=["DELETE"]),
    ]


async def _list(auth: Auth, request: Request) -> Response:
    user, session_id = await current_user(auth, bearer_claims(auth, request))
    return json_response(request, {"sessions": await own_sessions(auth, user, session_id)})


async def _end(auth: Auth, request: Request) -> Response:
    user, _ = await current_user(auth, bearer_claims(auth, request))
    try:
        ended = UUID(request.path_params["id"])
    except ValueError:
        raise ValidationFailed("A session's id is a UUID") from None
    await end_own_session(auth, user, ended, client_of(request))
    return empty_response(request)
