from __future__ import annotations

import json
import stat
import warnings

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from millstream.auth.keys import KeyRing, SigningKeysInvalid, load_key_ring, parse_key_set
from millstream.auth.settings import (
    DEVELOPMENT_SECRET_KEY,
    AuthSettings,
    JwtSecretTooShort,
    development_defaults,
)

SECRET = "a secret of this test, long enough for every hash of the family HS"


def test_the_published_set_holds_public_halves_only():
    keys = [
        ECKey.generate_key("P-256", auto_kid=True),
        OKPKey.generate_key("Ed25519", auto_kid=True),
        RSAKey.generate_key(2048, auto_kid=True),
        OctKey.import_key({"kty": "oct", "k": "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0", "kid": "shared"}),
    ]
    published = json.loads(KeyRing(SECRET, keys).public_jwks)["keys"]
    assert [key["alg"] for key in published] == ["ES256", "EdDSA", "RS256"]
    assert all(not {"d", "k", "p", "q", "dp", "dq", "qi"} & set(key) for key in published)


def test_a_project_without_a_file_publishes_no_key_and_signs_with_the_shared_secret():
    ring = load_key_ring(AuthSettings(jwt_secret=SECRET))
    assert json.loads(ring.public_jwks) == {"keys": []}
    assert ring.signing()[0]["alg"] == "HS256"


def test_a_missing_file_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    path = tmp_path / "made" / "keys.json"
    settings = AuthSettings(jwt_secret=SECRET, signing_keys_file=str(path))
    first, second = load_key_ring(settings), load_key_ring(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.public_jwks == second.public_jwks
    assert first.signing()[0]["alg"] == "ES256"


def test_an_array_of_keys_is_read_as_a_set():
    key = ECKey.generate_key("P-256", auto_kid=True)
    assert parse_key_set(json.dumps([key.as_dict(private=True)]).encode())[0].kid == key.kid


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"7", b'{"keys":[{}]}', b'{"keys":[{"kty":"EC"}]}', b'{"keys":7}'])
def test_a_file_that_is_no_key_set_is_refused(text):
    with pytest.raises(SigningKeysInvalid):
        parse_key_set(text)


def test_a_short_rsa_key_is_refused():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        short = RSAKey.generate_key(1024).as_dict(private=False)
        with pytest.raises(SigningKeysInvalid):
            parse_key_set(json.dumps({"keys": [short]}).encode())


def test_a_short_secret_is_refused():
    with pytest.raises(JwtSecretTooShort):
        AuthSettings(jwt_secret="short")


def test_development_defaults_are_named_until_each_is_replaced():
    own = AuthSettings(jwt_secret=SECRET, publishable_keys=(), secret_keys=("sb_secret_own",))
    assert development_defaults(own) == ()
    assert len(development_defaults(AuthSettings())) == 3
    left = AuthSettings(jwt_secret=SECRET, publishable_keys=(), secret_keys=("sb_secret_own", DEVELOPMENT_SECRET_KEY))
    assert development_defaults(left) == ("MILLSTREAM_SECRET_KEYS",)


def test_secrets_do_not_show_in_the_settings_text():
    assert "secret-jwt" not in repr(AuthSettings())
    assert DEVELOPMENT_SECRET_KEY not in repr(AuthSettings())
