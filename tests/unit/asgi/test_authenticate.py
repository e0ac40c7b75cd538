from __future__ import annotations

import pytest

from millstream.asgi.authenticate import Authenticator
from millstream.auth.api_keys import ApiKeys
from millstream.auth.credentials import Credentials
from millstream.auth.errors import SecretKeyFromBrowser
from millstream.auth.keys import KeyRing
from millstream.auth.settings import DEVELOPMENT_PUBLISHABLE_KEY, DEVELOPMENT_SECRET_KEY, AuthSettings
from millstream.auth.tokens import TokenVerifier
from millstream.identity import ANONYMOUS
from tests.unit.auth.forge import NOW, token

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"


def authenticate(settings: AuthSettings | None = None, **headers: str):
    chosen = settings or AuthSettings()
    verifier = TokenVerifier(KeyRing(chosen.jwt_secret), chosen, lambda: NOW)
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Authenticator(Credentials(verifier, ApiKeys(chosen), chosen), chosen)({"type": "http", "headers": raw})


def test_a_request_without_headers_is_anonymous():
    assert authenticate() is ANONYMOUS


def test_the_two_headers_are_read():
    user = token(secret=AuthSettings().jwt_secret)
    assert authenticate(apikey=DEVELOPMENT_PUBLISHABLE_KEY, authorization=f"Bearer {user}").role == "authenticated"
    assert authenticate(apikey=DEVELOPMENT_SECRET_KEY).role == "service_role"


def test_a_secret_key_is_refused_from_a_browser_in_either_header():
    for headers in ({"apikey": DEVELOPMENT_SECRET_KEY}, {"authorization": f"Bearer {DEVELOPMENT_SECRET_KEY}"}):
        with pytest.raises(SecretKeyFromBrowser):
            authenticate(**headers, user_agent=BROWSER)
        with pytest.raises(SecretKeyFromBrowser):
            authenticate(**headers, user_agent=BROWSER.upper())


def test_a_project_can_accept_secret_keys_from_browsers():
    settings = AuthSettings(secret_keys_from_browsers=True)
    assert authenticate(settings, apikey=DEVELOPMENT_SECRET_KEY, user_agent=BROWSER).role == "service_role"


def test_a_publishable_key_is_for_browsers():
    assert authenticate(apikey=DEVELOPMENT_PUBLISHABLE_KEY, user_agent=BROWSER).role == "anon"
