"""Finds out who sent an HTTP request, for every edge: reads two headers and asks the project's `Credentials`.

Returns claims or raises a subclass of AuthError, which each edge renders in its own dialect. Never looks at the query
string of ordinary requests and never keeps a token.
"""

from __future__ import annotations

from starlette.types import Scope

from millstream.auth.api_keys import SECRET_PREFIX
from millstream.auth.credentials import Credentials, bearer_token
from millstream.auth.errors import SecretKeyFromBrowser
from millstream.auth.settings import AuthSettings
from millstream.identity import Claims

_BROWSER = "mozilla/"


class Authenticator:
    """Authenticates the requests of one project."""

    def __init__(self, credentials: Credentials, settings: AuthSettings) -> None:
        self._credentials = credentials
        self._refuse_browsers = not settings.secret_keys_from_browsers

    def __call__(self, scope: Scope) -> Claims:
        """Return the claims of whoever sent this request. Raises a subclass of TokenRefused, or ApiKeyMissing."""
        authorization, apikey, agent = _read(scope)
        if self._refuse_browsers and agent.lower().startswith(_BROWSER):
            _refuse_secret_key(bearer_token(authorization), apikey)
        return self._credentials.resolve(authorization, apikey)


def _read(scope: Scope) -> tuple[str | None, str | None, str]:
    authorization = apikey = None
    agent = ""
    for name, value in scope["headers"]:
        if name == b"authorization":
            authorization = value.decode("latin-1")
        elif name == b"apikey":
            apikey = value.decode("latin-1")
        elif name == b"user-agent":
            agent = value.decode("latin-1")
    return authorization, apikey, agent


def _refuse_secret_key(*presented: str | None) -> None:
    if any(key is not None and key.startswith(SECRET_PREFIX) for key in presented):
        raise SecretKeyFromBrowser(
            "Forbidden use of secret API key in browser",
            hint="Whoever opens the page can read the key: use a publishable key there.",
        )
