"""The auth API's routes that send a mail: sign-in by link, recovery, resending, a code for the signed-in user.

They answer `{}` whether or not anybody has the address; `auth.flows.by_mail` sees to it that time does not tell either.
"""

from __future__ import annotations

import functools

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from millstream.asgi.auth.bodies import OtpBody, RecoverBody, ResendBody, challenge_of, read_body, refuse_phone
from millstream.asgi.auth.requests import asker_of, bearer_claims, client_of
from millstream.asgi.auth.responses import json_response
from millstream.auth.auth import Auth
from millstream.auth.flows.account import current_user
from millstream.auth.flows.by_mail import reauthenticate, recover, resend, sign_in_by_mail


def mail_routes(auth: Auth) -> list[Route]:
    """Return the routes."""
    return [
        Route("/otp", functools.partial(_otp, auth), methods=["POST"]),
        Route("/magiclink", functools.partial(_otp, auth), methods=["POST"]),
        Route("/recover", functools.partial(_recover, auth), methods=["POST"]),
        Route("/resend", functools.partial(_resend, auth), methods=["POST"]),
        Route("/reauthenticate", functools.partial(_reauthenticate, auth), methods=["GET"]),
    ]


async def _otp(auth: Auth, request: Request) -> Response:
    body = await read_body(request, OtpBody)
    refuse_phone(body.phone)
    asker = asker_of(request, challenge_of(body))
    await sign_in_by_mail(
        auth, address=body.email or "", create_user=body.create_user, data=body.data or {}, asker=asker
    )
    return json_response(request, {})


async def _recover(auth: Auth, request: Request) -> Response:
    body = await read_body(request, RecoverBody)
    await recover(auth, address=body.email or "", asker=asker_of(request, challenge_of(body)))
    return json_response(request, {})


async def _resend(auth: Auth, request: Request) -> Response:
    body = await read_body(request, ResendBody)
    refuse_phone(body.phone)
    asker = asker_of(request, challenge_of(body))
    await resend(auth, what=body.type or "", address=body.email or "", asker=asker)
    return json_response(request, {})


async def _reauthenticate(auth: Auth, request: Request) -> Response:
    user, _ = await current_user(auth, bearer_claims(auth, request))
    await reauthenticate(auth, user, client_of(request))
    return json_response(request, {})
