"""SCRAM-SHA-256 follows RFC 7677, and no impostor passes."""

import base64
import hashlib
import hmac
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.pgwire.errors import ProtocolViolation, ServerNotAuthentic
from millstream.pgwire.scram import ScramClient

NONCE = "rOprNGfwEbeRWgbNEkqO"
CHALLENGE = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"


def test_the_vector_of_rfc_7677_section_3():
    scram = ScramClient("pencil", NONCE, username="user")
    assert scram.mechanism == "SCRAM-SHA-256"
    assert scram.first() == b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    assert scram.final(CHALLENGE) == (
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    )
    scram.verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")


@pytest.mark.parametrize(
    "outcome",
    [b"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", b"v=", b"", b"e=invalid-proof", b"x=1"],
)
def test_a_server_without_the_right_signature_is_not_authentic(outcome):
    scram = ScramClient("pencil", NONCE, username="user")
    scram.final(CHALLENGE)
    with pytest.raises(ServerNotAuthentic):
        scram.verify(outcome)


def test_an_outcome_before_the_challenge_is_not_authentic():
    with pytest.raises(ServerNotAuthentic):
        ScramClient("pencil", NONCE).verify(b"v=")


def test_another_nonce_is_not_authentic():
    for nonce in (b"r=other,", b"r=" + NONCE.encode() + b","):
        with pytest.raises(ServerNotAuthentic):
            ScramClient("pencil", NONCE).final(nonce + b"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")


@pytest.mark.parametrize(
    "challenge",
    [
        b"m=ext,r=%bx,s=W22Z,i=4096",
        b"r=%bx,s=W22Z,i=0",
        b"r=%bx,s=W22Z,i=many",
        b"r=%bx,s=W22Z,i=99999999999",
        b"r=%bx,s=W22Z",
        b"r=%bx,s=!,i=4096",
        b"\xff",
    ],
)
def test_a_malformed_challenge_is_a_protocol_violation(challenge):
    with pytest.raises(ProtocolViolation):
        ScramClient("pencil", NONCE).final(challenge.replace(b"%b", NONCE.encode()))


def test_channel_binding_names_the_certificate_in_the_proof():
    scram = ScramClient("pencil", NONCE, certificate_hash=b"hash")
    assert scram.mechanism == "SCRAM-SHA-256-PLUS"
    assert scram.first() == b"p=tls-server-end-point,,n=,r=" + NONCE.encode()
    channel = base64.b64encode(b"p=tls-server-end-point,,hash")
    assert scram.final(CHALLENGE).startswith(b"c=" + channel + b",r=")


@pytest.mark.parametrize(
    ("typed", "prepared"),
    [
        ("pencil", "pencil"),
        ("I\u00adX", "IX"),  # RFC 4013 section 3: soft hyphen mapped to nothing
        ("a\u00a0b", "a b"),  # a space that is no ASCII space
        ("\u00aa", "a"),
        ("\u2168", "IX"),
        ("\u0627\u0031", "\u0627\u0031"),  # bad bidi: PostgreSQL takes the password as it is
        ("\u0627a\u0627", "\u0627a\u0627"),
        ("\u0627\u0628", "\u0627\u0628"),
        ("\u0007é", "\u0007é"),  # prohibited: as it is
        ("\u00ad", "\u00ad"),
    ],
)
def test_passwords_are_prepared_as_postgresql_prepares_them(typed, prepared):
    assert _final(typed) == _final_of_bytes(prepared.encode())


@given(st.text(min_size=1, max_size=20))
def test_equivalent_spellings_of_a_password_are_one_password(password):
    composed, decomposed = (unicodedata.normalize(form, password) for form in ("NFC", "NFD"))
    if composed == decomposed:
        return
    table = unicodedata.ucd_3_2_0
    if any(table.category(c) == "Cn" for c in composed + decomposed):
        return  # unassigned in Unicode 3.2: taken as it is
    prohibited = any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"} for c in composed)
    bidirectional = any(table.bidirectional(c) in {"R", "AL"} for c in composed)
    if (
        not prohibited
        and not bidirectional
        and table.normalize("NFKC", composed) == table.normalize("NFKC", decomposed)
    ):
        assert _final(composed) == _final(decomposed)


def _final(password: str) -> bytes:
    return ScramClient(password, NONCE).final(CHALLENGE.replace(b"4096", b"1"))


def _final_of_bytes(password: bytes) -> bytes:
    challenge = CHALLENGE.replace(b"4096", b"1")
    nonce = challenge.split(b",")[0]
    message = b"n=,r=" + NONCE.encode() + b"," + challenge + b",c=biws," + nonce
    salted = hashlib.pbkdf2_hmac("sha256", password, base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 1)
    key = hmac.digest(salted, b"Client Key", "sha256")
    signature = hmac.digest(hashlib.sha256(key).digest(), message, "sha256")
    proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
    return b"c=biws," + nonce + b",p=" + base64.b64encode(proof)
