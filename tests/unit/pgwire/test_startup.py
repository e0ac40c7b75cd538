"""The opening conversation ends ready, or says clearly why not."""

import base64
import hashlib
import hmac

import pytest

from millstream.pgwire import frontend
from millstream.pgwire.errors import AuthenticationUnsupported, ProtocolViolation, ServerNotAuthentic
from millstream.pgwire.messages import (
    AuthenticationOk,
    AuthenticationOther,
    AuthenticationSasl,
    AuthenticationSaslContinue,
    AuthenticationSaslFinal,
    BackendKeyData,
    DataRow,
    NoticeResponse,
    ParameterStatus,
    ReadyForQuery,
    TransactionStatus,
)
from millstream.pgwire.startup import Startup

NONCE = "rOprNGfwEbeRWgbNEkqO"
CHALLENGE = AuthenticationSaslContinue(
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
)


def starting(password: str | None = "pencil", certificate_hash: bytes | None = None) -> Startup:
    return Startup({"user": "u"}, password=password, nonce=NONCE, certificate_hash=certificate_hash)


def test_a_trusting_server_is_ready_after_its_parameters():
    startup = starting(password=None)
    assert startup.first() == frontend.startup({"user": "u"})
    for message in (
        AuthenticationOk(),
        ParameterStatus("server_version", "18.0"),
        NoticeResponse({"M": "hello"}),
        BackendKeyData(5, b"key!"),
    ):
        assert startup.receive(message) == b""
        assert not startup.ready
    startup.receive(ReadyForQuery(TransactionStatus.IDLE))
    assert startup.ready
    assert startup.key == BackendKeyData(5, b"key!")
    assert startup.server_parameters == {"server_version": "18.0"}


def test_scram_runs_to_its_end():
    startup = starting()
    offer = AuthenticationSasl(("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"))
    assert startup.receive(offer) == frontend.sasl_initial_response("SCRAM-SHA-256", b"n,,n=,r=" + NONCE.encode())
    assert startup.receive(CHALLENGE).startswith(b"p")
    with pytest.raises(ServerNotAuthentic):
        startup.receive(AuthenticationSaslFinal(b"v=d3Jvbmc="))


def test_scram_with_a_server_that_knows_the_password_ends_accepted():
    startup = starting()
    startup.receive(AuthenticationSasl(("SCRAM-SHA-256",)))
    answer = startup.receive(CHALLENGE)[5:]
    without_proof, _ = answer.rsplit(b",p=", 1)
    auth_message = b"n=,r=" + NONCE.encode() + b"," + CHALLENGE.data + b"," + without_proof
    salted = hashlib.pbkdf2_hmac("sha256", b"pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096)
    signature = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), auth_message, "sha256")
    assert startup.receive(AuthenticationSaslFinal(b"v=" + base64.b64encode(signature))) == b""
    assert startup.receive(AuthenticationOk()) == b""


def test_channel_binding_is_used_where_both_sides_can():
    startup = starting(certificate_hash=b"hash")
    offer = AuthenticationSasl(("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"))
    assert b"SCRAM-SHA-256-PLUS\0" in startup.receive(offer)
    assert b"SCRAM-SHA-256\0" in starting(certificate_hash=b"hash").receive(AuthenticationSasl(("SCRAM-SHA-256",)))


def test_a_server_cannot_skip_the_proof_that_it_knows_the_password():
    startup = starting()
    startup.receive(AuthenticationSasl(("SCRAM-SHA-256",)))
    startup.receive(CHALLENGE)
    with pytest.raises(ServerNotAuthentic):
        startup.receive(AuthenticationOk())


@pytest.mark.parametrize(("method", "name"), [(3, "cleartext"), (5, "MD5"), (7, "GSSAPI"), (99, "method 99")])
def test_ways_that_give_the_password_away_are_refused_by_name(method, name):
    with pytest.raises(AuthenticationUnsupported, match=name):
        starting().receive(AuthenticationOther(method))


def test_an_unknown_sasl_mechanism_is_refused_by_name():
    with pytest.raises(AuthenticationUnsupported, match="OAUTHBEARER"):
        starting().receive(AuthenticationSasl(("OAUTHBEARER",)))


def test_a_missing_password_is_named():
    with pytest.raises(AuthenticationUnsupported, match="none is given"):
        starting(password=None).receive(AuthenticationSasl(("SCRAM-SHA-256",)))


@pytest.mark.parametrize("message", [DataRow((b"1",)), CHALLENGE, AuthenticationSaslFinal(b"v=")])
def test_a_message_out_of_place_is_a_protocol_violation(message):
    with pytest.raises(ProtocolViolation):
        starting().receive(message)
