from __future__ import annotations

import json
from base64 import urlsafe_b64decode

import pytest

from millstream.auth.api_keys import ApiKeys, legacy_key
from millstream.auth.credentials import Credentials
from millstream.auth.errors import ApiKeyMissing, ApiKeyUnknown, TokenMalformed, TokenSignatureInvalid
from millstream.auth.keys import KeyRing
from millstream.auth.settings import DEVELOPMENT_PUBLISHABLE_KEY, DEVELOPMENT_SECRET_KEY, AuthSettings
from millstream.auth.tokens import TokenVerifier
from millstream.identity import ANONYMOUS, Role
from tests.unit.auth.forge import NOW, payload, token

SETTINGS = AuthSettings()
KEYS = ApiKeys(SETTINGS)
USER = token(secret=SETTINGS.jwt_secret)


def credentials(settings: AuthSettings = SETTINGS) -> Credentials:
    verifier = TokenVerifier(KeyRing(settings.jwt_secret), settings, lambda: NOW)
    return Credentials(verifier, ApiKeys(settings), settings)


def role(authorization: str | None = None, apikey: str | None = None) -> str:
    return credentials().resolve(authorization, apikey).role


def test_nobody_in_particular_is_anonymous():
    assert credentials().resolve(None, None) is ANONYMOUS
    assert role(None, "") == "anon"


def test_a_project_can_want_a_key_with_every_request():
    with pytest.raises(ApiKeyMissing):
        credentials(AuthSettings(api_key_required=True)).resolve(None, None)


def test_the_authorization_header_wins_over_the_key():
    assert credentials().resolve(f"Bearer {USER}", KEYS.service_role_key).subject == payload()["sub"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(scheme):
    assert role(f"{scheme} {USER}") == "authenticated"


def test_another_scheme_is_no_token():
    assert role("Basic dXNlcjpwYXNz") == "anon"
    assert role("Basic dXNlcjpwYXNz", KEYS.service_role_key) == "service_role"


def test_an_empty_bearer_is_refused_and_not_taken_for_nobody():
    for empty in ("Bearer", "Bearer ", "bearer   "):
        with pytest.raises(TokenMalformed):
            role(empty)


def test_opaque_keys_stand_for_their_roles_in_either_header():
    for key, expected in ((DEVELOPMENT_PUBLISHABLE_KEY, "anon"), (DEVELOPMENT_SECRET_KEY, "service_role")):
        assert role(None, key) == expected
        assert role(f"Bearer {key}", key) == expected
        assert role(f"Bearer {key}") == expected


def test_an_unknown_opaque_key_is_refused():
    for key in ("sb_secret_", "sb_publishable_x", DEVELOPMENT_SECRET_KEY + "x", "sb_secret_é"):
        with pytest.raises(ApiKeyUnknown):
            role(None, key)


def test_legacy_keys_are_tokens_of_their_role():
    assert role(None, KEYS.anon_key) == "anon"
    assert role(f"Bearer {KEYS.service_role_key}", KEYS.service_role_key) == "service_role"


def test_a_key_of_another_project_is_refused():
    with pytest.raises(TokenSignatureInvalid):
        role(None, legacy_key("the secret of a project next door, long enough", Role.SERVICE))


def test_the_development_keys_are_those_that_existing_clients_hold():
    def body(key: str) -> dict[str, object]:
        part = key.split(".")[1]
        return dict(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))

    assert KEYS.anon_key.startswith("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIi")
    assert KEYS.anon_key.endswith(".CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0")
    assert KEYS.service_role_key.endswith(".EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU")
    assert body(legacy_key("x" * 32, Role.ANON)) == {"iss": "millstream", "role": "anon", "exp": 4_102_444_800}
