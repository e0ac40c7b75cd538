"""Routes of the auth API that are not offered: each answers with the code that clients know for exactly that.

A route leaves this table when its flow exists. An answer here is quick, the same for everybody, and no 5xx.
"""

from __future__ import annotations

import functools
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from millstream.auth.errors import AuthError, ProviderDisabled


class SamlDisabled(AuthError):
    """Single sign-on is not offered."""

    code: ClassVar[str] = "saml_provider_disabled"
    status: ClassVar[int] = 404


_SAML = SamlDisabled("SAML 2.0 is disabled")
_OAUTH_SERVER = ProviderDisabled("OAuth clients are not offered here")

_ANSWERS: tuple[tuple[str, str, AuthError], ...] = (
    ("POST", "/sso{rest:path}", _SAML),
    ("GET,POST,PUT,PATCH,DELETE", "/admin/oauth{rest:path}", _OAUTH_SERVER),
)


def unoffered_routes() -> list[Route]:
    """Return the routes that answer why not."""
    return [
        Route(path, functools.partial(_refuse, error), methods=methods.split(",")) for methods, path, error in _ANSWERS
    ]


async def _refuse(error: AuthError, _: Request) -> Response:
    raise type(error)(error.message)
