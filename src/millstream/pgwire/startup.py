"""The opening conversation of a connection, from StartupMessage to the first ReadyForQuery.

Receives the server's messages from the owner of the socket and returns the bytes to send in answer. Knows SCRAM only:
cleartext and MD5 are refused, because both give the password away. ErrorResponse is the owner's business.
"""

from __future__ import annotations

from collections.abc import Mapping

from millstream.pgwire import frontend
from millstream.pgwire.errors import AuthenticationUnsupported, ProtocolViolation, ServerNotAuthentic
from millstream.pgwire.messages import (
    AuthenticationOk,
    AuthenticationOther,
    AuthenticationSasl,
    AuthenticationSaslContinue,
    AuthenticationSaslFinal,
    BackendKeyData,
    BackendMessage,
    NegotiateProtocolVersion,
    NoticeResponse,
    ParameterStatus,
    ReadyForQuery,
)
from millstream.pgwire.scram import MECHANISM, MECHANISM_PLUS, ScramClient

_METHODS = {2: "Kerberos", 3: "a cleartext password", 5: "an MD5 password", 7: "GSSAPI", 9: "SSPI"}


class Startup:
    """Open one connection: send `first()`, then feed every message to `receive` until `ready`.

    `nonce` as in `ScramClient`; `certificate_hash` is that of the TLS certificate, None outside TLS.
    """

    def __init__(
        self,
        parameters: Mapping[str, str],
        *,
        password: str | None,
        nonce: str,
        certificate_hash: bytes | None = None,
    ) -> None:
        self._parameters = parameters
        self._password = password
        self._nonce = nonce
        self._certificate_hash = certificate_hash
        self._scram: ScramClient | None = None
        self._proven = True
        self.ready = False
        self.key: BackendKeyData | None = None
        self.server_parameters: dict[str, str] = {}

    def first(self) -> bytes:
        """Return what opens the conversation."""
        return frontend.startup(self._parameters)

    def receive(self, message: BackendMessage) -> bytes:
        """Take the server's next message and return the answer, empty when there is none."""
        match message:
            case AuthenticationSasl() | AuthenticationSaslContinue() | AuthenticationSaslFinal():
                return self._authenticate(message)
            case AuthenticationOther(method):
                raise _unsupported(_METHODS.get(method, f"method {method}"))
            case AuthenticationOk() if not self._proven:
                raise ServerNotAuthentic("The database server skipped the end of SCRAM.")
            case ParameterStatus(name, value):
                self.server_parameters[name] = value
            case BackendKeyData():
                self.key = message
            case ReadyForQuery():
                self.ready = True
            case AuthenticationOk() | NoticeResponse() | NegotiateProtocolVersion():
                pass
            case _:
                raise ProtocolViolation(f"The database server sent {type(message).__name__} while starting.")
        return b""

    def _authenticate(
        self, message: AuthenticationSasl | AuthenticationSaslContinue | AuthenticationSaslFinal
    ) -> bytes:
        if isinstance(message, AuthenticationSasl):
            self._scram = self._choose(message.mechanisms)
            self._proven = False
            return frontend.sasl_initial_response(self._scram.mechanism, self._scram.first())
        if self._scram is None:
            raise ProtocolViolation("The database server continued a SCRAM that was not begun.")
        if isinstance(message, AuthenticationSaslContinue):
            return frontend.sasl_response(self._scram.final(message.data))
        self._scram.verify(message.data)
        self._proven = True
        return b""

    def _choose(self, mechanisms: tuple[str, ...]) -> ScramClient:
        if self._password is None:
            raise AuthenticationUnsupported(
                "The database server asks for a password and none is given.", hint="Put it into DATABASE_URL."
            )
        if MECHANISM_PLUS in mechanisms and self._certificate_hash:
            return ScramClient(self._password, self._nonce, certificate_hash=self._certificate_hash)
        if MECHANISM in mechanisms:
            return ScramClient(self._password, self._nonce)
        raise _unsupported(" or ".join(mechanisms))


def _unsupported(method: str) -> AuthenticationUnsupported:
    return AuthenticationUnsupported(
        f"The database server asks for {method}; Millstream speaks SCRAM-SHA-256 only.",
        hint="Set password_encryption = 'scram-sha-256', set the password again, and use scram-sha-256 in pg_hba.conf.",
    )
