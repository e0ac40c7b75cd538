from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from millstream.auth.errors import (
    TokenClaimsInvalid,
    TokenExpired,
    TokenMalformed,
    TokenNotYetValid,
    TokenRefused,
    TokenRevoked,
    TokenSignatureInvalid,
)
from millstream.auth.keys import KeyRing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner, TokenVerifier
from tests.unit.auth.forge import NOW, encode, payload, token

SECRET = "a secret of this test, long enough for every hash of the family HS"
RSA = RSAKey.generate_key(2048, auto_kid=True)
EC = ECKey.generate_key("P-256", auto_kid=True)
ED = OKPKey.generate_key("Ed25519", auto_kid=True)
RING = KeyRing(SECRET, [RSA, EC, ED])


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def verifier(clock: Clock | None = None, ring: KeyRing = RING, **settings: Any) -> TokenVerifier:
    return TokenVerifier(ring, AuthSettings(jwt_secret=SECRET, **settings), clock or Clock())


def with_claims(**changes: Any) -> str:
    return token(payload(**changes), secret=SECRET)


def with_header(**header: Any) -> str:
    return token(secret=SECRET, header={"alg": "HS256", **header})


def test_claims_of_an_honest_token_are_its_payload():
    claims = verifier().verify(with_claims(session_id="s", app_metadata={"b": 1, "a": [2]}))
    assert claims.role == "authenticated"
    assert claims.subject == payload()["sub"]
    assert claims.expires_at == NOW + 600
    assert claims.payload() == payload(session_id="s", app_metadata={"a": [2], "b": 1})


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_shared_secret_verifies_every_hash_of_its_family(algorithm):
    assert verifier().verify(token(secret=SECRET, algorithm=algorithm)).role == "authenticated"


@pytest.mark.parametrize("key", [RSA, EC, ED], ids=["RS256", "ES256", "EdDSA"])
def test_a_key_of_the_set_signs_and_verifies_by_its_kid(key):
    ring = KeyRing(SECRET, [key, *(other for other in (RSA, EC, ED) if other is not key)])
    signed = TokenSigner(ring).sign(payload())
    assert jws.extract_compact(signed.encode()).headers()["kid"] == key.kid
    assert verifier().verify(signed).role == "authenticated"


def test_without_a_private_key_tokens_are_signed_with_the_shared_secret():
    ring = KeyRing(SECRET, [ECKey.import_key(EC.as_dict(private=False))])
    assert verifier().verify(TokenSigner(ring).sign(payload())).role == "authenticated"


def test_a_symmetric_token_with_unknown_kid_falls_back_to_the_shared_secret():
    assert verifier().verify(with_header(kid="of another issuer")).role == "authenticated"


def test_a_symmetric_key_of_the_set_is_found_by_kid_and_the_shared_secret_does_not_stand_in_for_it():
    other = OctKey.import_key({"kty": "oct", "k": encode(b"another secret of sufficient length"), "kid": "k2"})
    judge = verifier(ring=KeyRing(SECRET, [other]))
    assert judge.verify(token(secret=b"another secret of sufficient length", header={"alg": "HS256", "kid": "k2"}))
    with pytest.raises(TokenSignatureInvalid):
        judge.verify(with_header(kid="k2"))


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "nOnE", "", "HS1", "hs256", "PS256", "A128KW", None, 7, ["HS256"]]
)
def test_an_algorithm_that_is_not_ours_is_refused(algorithm):
    with pytest.raises(TokenMalformed):
        verifier().verify(token(secret=SECRET, header={"alg": algorithm}))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_an_unsigned_token_is_refused(algorithm):
    unsigned = f"{encode(json.dumps({'alg': algorithm}).encode())}.{encode(json.dumps(payload()).encode())}."
    with pytest.raises(TokenMalformed):
        verifier().verify(unsigned)


@pytest.mark.parametrize("key", [RSA, EC, ED], ids=["RSA", "EC", "Ed25519"])
@pytest.mark.parametrize("kid", [True, False], ids=["with kid", "without kid"])
@pytest.mark.parametrize("encoding", ["PEM", "DER"])
def test_a_public_key_used_as_hmac_secret_does_not_sign(key, kid, encoding):
    public = key.as_bytes(encoding=encoding, private=False)
    header = {"alg": "HS256", **({"kid": key.kid} if kid else {})}
    with pytest.raises(TokenSignatureInvalid):
        verifier().verify(token(secret=public, header=header))


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA", "ES512"])
def test_an_asymmetric_token_needs_a_kid_that_names_a_key_of_that_algorithm(algorithm):
    for kid in (None, "unknown", RSA.kid if algorithm != "RS256" else EC.kid):
        header = {"alg": algorithm, **({"kid": kid} if kid else {})}
        with pytest.raises(TokenSignatureInvalid):
            verifier().verify(token(secret=SECRET, header=header))


@pytest.mark.parametrize("kid", ["../../../dev/null", "' or 1=1 --", "http://169.254.169.254/", "\0", "x" * 200])
def test_a_kid_is_only_ever_looked_up(kid):
    assert verifier().verify(with_header(kid=kid)).role == "authenticated"
    with pytest.raises(TokenSignatureInvalid):
        verifier().verify(token(secret=b"", header={"alg": "HS256", "kid": kid}))


@pytest.mark.parametrize("kid", [7, [], {}, True])
def test_a_kid_that_is_no_text_is_refused(kid):
    with pytest.raises(TokenMalformed):
        verifier().verify(with_header(kid=kid))


def test_a_key_that_the_token_brings_along_is_ignored():
    own = ECKey.generate_key("P-256", auto_kid=True)
    header = {"alg": "ES256", "kid": own.kid, "jwk": own.as_dict(private=False)}
    forged = jws.serialize_compact(header, json.dumps(payload()), own, ["ES256"])
    with pytest.raises(TokenSignatureInvalid):
        verifier().verify(forged)
    for name in ("jku", "x5u"):
        header = {"alg": "ES256", "kid": own.kid, name: "http://127.0.0.1:1/keys.json"}
        with pytest.raises(TokenSignatureInvalid):
            verifier().verify(jws.serialize_compact(header, json.dumps(payload()), own, ["ES256"]))


@pytest.mark.parametrize("crit", [["exp"], ["b64"], ["unknown"], [], "b64", None, 1])
def test_a_critical_header_is_refused_because_none_is_understood(crit):
    with pytest.raises(TokenMalformed):
        verifier().verify(with_header(crit=crit, b64=True, unknown=1))


def test_an_unencoded_payload_is_refused():
    with pytest.raises(TokenMalformed):
        verifier().verify(with_header(b64=False))


@pytest.mark.parametrize(
    "exp", [None, "1900000000", "", True, [], {}, 1e300, -1e300, 10**400], ids=lambda exp: repr(exp)[:9]
)
def test_a_token_without_a_usable_expiry_is_refused(exp):
    with pytest.raises(TokenMalformed):
        verifier().verify(with_claims(exp=exp))


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_an_expiry_that_is_no_finite_number_is_refused(text):
    body = json.dumps(payload()).replace(str(int(NOW) + 600), text).encode()
    with pytest.raises(TokenMalformed):
        verifier().verify(token(body, secret=SECRET))


def test_an_expiry_with_a_fraction_is_a_time_as_any_other():
    clock = Clock()
    judge = verifier(clock, clock_leeway_seconds=0)
    signed = with_claims(exp=NOW + 0.5)
    assert judge.verify(signed)
    clock.now = NOW + 0.5
    with pytest.raises(TokenExpired):
        judge.verify(signed)


def test_a_clock_that_differs_by_less_than_the_leeway_is_forgiven():
    assert verifier().verify(with_claims(exp=NOW - 29))
    assert verifier().verify(with_claims(iat=NOW + 30, nbf=NOW + 30))


def test_a_clock_that_differs_by_two_minutes_is_not_forgiven():
    with pytest.raises(TokenExpired):
        verifier().verify(with_claims(exp=NOW - 120))
    with pytest.raises(TokenNotYetValid):
        verifier().verify(with_claims(iat=NOW + 120))
    with pytest.raises(TokenNotYetValid):
        verifier().verify(with_claims(nbf=NOW + 120))


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_a_time_of_the_wrong_type_is_refused(name):
    for value in ("0", True, [], 1e300):
        with pytest.raises(TokenMalformed):
            verifier().verify(with_claims(**{name: value}))


@pytest.mark.parametrize("role", [None, "", 7, True, ["anon"], {}, "anon\0"])
def test_a_token_without_a_usable_role_is_refused(role):
    with pytest.raises(TokenMalformed):
        verifier().verify(with_claims(role=role))


def test_a_subject_that_is_no_text_is_refused():
    with pytest.raises(TokenMalformed):
        verifier().verify(with_claims(sub=7))


def test_issuers_are_compared_whole():
    judge = verifier(jwt_issuers=("https://auth.example",))
    assert judge.verify(with_claims(iss="https://auth.example"))
    for issuer in (
        None,
        "https://auth.example.evil",
        "https://auth",
        "https://auth.example/",
        7,
        ["https://auth.example"],
    ):
        with pytest.raises(TokenClaimsInvalid):
            judge.verify(with_claims(iss=issuer))


def test_an_audience_must_hold_ours_where_it_is_given():
    judge = verifier(jwt_audience="ours")
    for fit in (None, "ours", ["theirs", "ours"], []):
        assert judge.verify(with_claims(aud=fit))
    for unfit in ("theirs", "our", "oursx", "", ["theirs"]):
        with pytest.raises(TokenClaimsInvalid):
            judge.verify(with_claims(aud=unfit))
    for malformed in (7, {"ours": 1}, ["ours", 7]):
        with pytest.raises(TokenMalformed):
            judge.verify(with_claims(aud=malformed))


def test_a_claim_given_twice_is_refused():
    body = json.dumps(payload())[:-1].encode() + b',"role":"service_role"}'
    with pytest.raises(TokenMalformed):
        verifier().verify(token(body, secret=SECRET))


@pytest.mark.parametrize("body", [b"", b"[]", b'"text"', b"null", b"7", b"\xff\xfe", b"{", b"[" * 5000])
def test_a_payload_that_is_no_object_is_refused(body):
    with pytest.raises(TokenMalformed):
        verifier().verify(token(body, secret=SECRET))


@pytest.mark.parametrize("name", ["a\0", "a\ud800"])
def test_claims_that_postgresql_cannot_read_as_jsonb_are_refused(name):
    for claims in ({"user_metadata": {name: 1}}, {"user_metadata": {"a": [{"b": name}]}}):
        with pytest.raises(TokenMalformed):
            verifier().verify(with_claims(**claims))


def test_a_token_inside_a_token_is_refused():
    inner = with_claims()
    with pytest.raises(TokenMalformed):
        verifier().verify(token(inner.encode(), secret=SECRET, header={"alg": "HS256", "cty": "JWT"}))


def test_a_token_of_a_megabyte_is_refused():
    with pytest.raises(TokenMalformed):
        verifier().verify(with_claims(padding="x" * 1_000_000))


@pytest.mark.parametrize(
    "text", ["", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d.e", "é.é.é", " . . ", "W10.W10.W10", "bnVsbA.e30.e30"]
)
def test_text_that_is_no_token_is_refused(text):
    with pytest.raises(TokenRefused):
        verifier().verify(text)


@given(st.text(max_size=200))
def test_no_text_ends_in_anything_but_a_refusal(text):
    with pytest.raises(TokenRefused):
        verifier().verify(text)


@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=80))
def test_no_three_parts_end_in_anything_but_a_refusal(header, body, signature):
    with pytest.raises(TokenRefused):
        verifier().verify(f"{encode(header)}.{encode(body)}.{encode(signature)}")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["alg", "kid", "crit", "b64", "jwk", "jku", "typ", "cty", "x5c"]), JSON))
def test_no_header_makes_a_foreign_signature_count(header):
    head = json.dumps(header).encode()
    with pytest.raises(TokenRefused):
        verifier().verify(token(secret="the secret of somebody else", header=head))


@given(st.dictionaries(st.sampled_from(["exp", "nbf", "iat", "sub", "role", "aud", "iss"]), JSON))
def test_whatever_is_signed_is_either_refused_or_has_a_role_and_a_time(claims):
    try:
        found = verifier().verify(token(claims, secret=SECRET))
    except TokenRefused:
        return
    assert found.role == claims["role"]
    assert found.expires_at == claims["exp"]


@given(st.data())
def test_changing_any_character_of_a_token_breaks_it(data):
    signed = with_claims()
    # The last character of each part may hold unused bits, which decode to the same bytes (RFC 4648 section 3.5).
    solid = [i for i in range(len(signed)) if signed[i] != "." and signed[i + 1 : i + 2] not in {".", ""}]
    place = data.draw(st.sampled_from(solid))
    other = data.draw(st.sampled_from([c for c in "ABCDEFabcdef0123-_" if c != signed[place]]))
    with pytest.raises(TokenRefused):
        verifier().verify(signed[:place] + other + signed[place + 1 :])


def test_a_remembered_token_expires_on_time():
    clock = Clock()
    judge = verifier(clock)
    signed = with_claims()
    assert judge.verify(signed) is judge.verify(signed)
    clock.now = NOW + 600 + 30
    with pytest.raises(TokenExpired):
        judge.verify(signed)


def test_the_cache_is_bounded_and_keeps_what_was_used_last():
    judge = verifier(token_cache_size=2)
    tokens = [with_claims(sub=str(number)) for number in range(3)]
    first = judge.verify(tokens[0])
    judge.verify(tokens[1])
    assert judge.verify(tokens[0]) is first
    judge.verify(tokens[2])
    assert judge.verify(tokens[0]) is first
    assert len(judge._verified) == 2


def test_nothing_is_remembered_where_the_cache_is_off():
    judge = verifier(token_cache_size=0)
    assert judge.verify(with_claims()) is not judge.verify(with_claims())


def test_a_rotated_key_verifies_until_it_leaves_the_ring():
    old, new = ECKey.generate_key("P-256", auto_kid=True), ECKey.generate_key("P-256", auto_kid=True)
    before = TokenSigner(KeyRing(SECRET, [old])).sign(payload())
    judge, signer = verifier(ring=KeyRing(SECRET, [old])), TokenSigner(KeyRing(SECRET, [old]))
    assert judge.verify(before)
    both = KeyRing(SECRET, [new, ECKey.import_key(old.as_dict(private=False))])
    judge.use_keys(both)
    signer.use_keys(both)
    assert judge.verify(before)
    after = signer.sign(payload())
    assert judge.verify(after)
    judge.use_keys(KeyRing(SECRET, [new]))
    assert judge.verify(after)
    with pytest.raises(TokenSignatureInvalid):
        judge.verify(before)


def test_tokens_of_an_ended_session_count_no_more_and_others_do():
    judge = verifier()
    ended, other = with_claims(session_id="ended"), with_claims(session_id="other")
    assert judge.verify(ended).session_id == "ended"
    judge.end_sessions(["ended", "unknown"])
    for each in (ended, with_claims(session_id="ended", email="new@example.org")):
        with pytest.raises(TokenRevoked):
            judge.verify(each)
    assert judge.verify(other).session_id == "other"
    assert judge.verify(with_claims()).session_id is None


def test_ended_sessions_are_forgotten_when_their_last_token_has_expired():
    clock = Clock()
    judge = verifier(clock, access_token_seconds=60, clock_leeway_seconds=10)
    judge.end_sessions(["first"])
    clock.now += 71
    judge.end_sessions(["second"])
    assert judge.verify(token(payload(session_id="first", exp=clock.now + 60), secret=SECRET))
    with pytest.raises(TokenRevoked):
        judge.verify(token(payload(session_id="second", exp=clock.now + 60), secret=SECRET))


def test_the_memory_of_ended_sessions_is_bounded():
    judge = verifier()
    judge.end_sessions(str(number) for number in range(100_001))
    assert judge.verify(with_claims(session_id="0"))
    with pytest.raises(TokenRevoked):
        judge.verify(with_claims(session_id="1"))
