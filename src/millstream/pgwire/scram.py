"""SCRAM-SHA-256, client side (RFC 5802 and 7677), with optional channel binding `tls-server-end-point` (RFC 5929).

Receives the server's messages from `startup` and gives the answers; the nonce is handed in, which keeps this pure.
Promises that `verify` accepts only a server that knows the password, or at least what is derived from it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import stringprep
import unicodedata

from millstream.pgwire.errors import ProtocolViolation, ServerNotAuthentic

MECHANISM = "SCRAM-SHA-256"
MECHANISM_PLUS = "SCRAM-SHA-256-PLUS"
_MOST_ITERATIONS = 1_000_000  # a hostile server could otherwise keep the processor busy for hours


class ScramClient:
    """One authentication: `first`, then `final` with the server's challenge, then `verify` with its outcome.

    `nonce` is printable ASCII without a comma, fresh for every attempt. PostgreSQL ignores `username` and takes that
    of the startup message. `certificate_hash` binds the conversation to the TLS channel that it runs in.
    """

    def __init__(self, password: str, nonce: str, *, username: str = "", certificate_hash: bytes | None = None) -> None:
        self._password = _prepared(password)
        self._nonce = nonce
        self._header = b"n,," if certificate_hash is None else b"p=tls-server-end-point,,"
        self._binding = certificate_hash or b""
        self._first_bare = f"n={username},r={nonce}".encode()
        self._server_signature = b""

    @property
    def mechanism(self) -> str:
        """Return the SASL mechanism by name."""
        return MECHANISM_PLUS if self._binding else MECHANISM

    def first(self) -> bytes:
        """Return client-first-message."""
        return self._header + self._first_bare

    def final(self, challenge: bytes) -> bytes:
        """Return client-final-message for the server-first-message `challenge`."""
        nonce, salt, iterations = self._read_challenge(challenge)
        channel = base64.b64encode(self._header + self._binding)
        without_proof = b"c=" + channel + b",r=" + nonce.encode()
        auth_message = self._first_bare + b"," + challenge + b"," + without_proof

        salted = hashlib.pbkdf2_hmac("sha256", self._password, salt, iterations)
        client_key = _hmac(salted, b"Client Key")
        client_signature = _hmac(hashlib.sha256(client_key).digest(), auth_message)
        proof = bytes(a ^ b for a, b in zip(client_key, client_signature, strict=True))
        self._server_signature = _hmac(_hmac(salted, b"Server Key"), auth_message)
        return without_proof + b",p=" + base64.b64encode(proof)

    def verify(self, outcome: bytes) -> None:
        """Check server-final-message; raise ServerNotAuthentic unless it proves knowledge of the password."""
        attributes = _attributes(outcome)
        if "e" in attributes:
            raise ServerNotAuthentic(f"The database server ended SCRAM with {attributes['e']!r}.")
        signature = _decode_base64(attributes.get("v", ""))
        if not self._server_signature or not hmac.compare_digest(signature, self._server_signature):
            raise ServerNotAuthentic(
                "The database server did not prove that it knows the password.",
                hint="Check that the address leads to your own server.",
            )

    def _read_challenge(self, challenge: bytes) -> tuple[str, bytes, int]:
        attributes = _attributes(challenge)
        if "m" in attributes:
            raise ProtocolViolation("The database server asks for an unknown SCRAM extension.")
        nonce = attributes.get("r", "")
        if not nonce.startswith(self._nonce) or len(nonce) == len(self._nonce):
            raise ServerNotAuthentic("The database server answered another client's SCRAM nonce.")
        iterations = attributes.get("i", "")
        if not iterations.isascii() or not iterations.isdigit() or not 1 <= int(iterations) <= _MOST_ITERATIONS:
            raise ProtocolViolation(f"The database server asks for {iterations!r} SCRAM iterations.")
        return nonce, _decode_base64(attributes.get("s", "")), int(iterations)


def _attributes(message: bytes) -> dict[str, str]:
    try:
        return {part[:1]: part[2:] for part in message.decode().split(",")}
    except UnicodeDecodeError as error:
        raise ProtocolViolation("The database server sent a SCRAM message that is no text.") from error


def _decode_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProtocolViolation("The database server sent a SCRAM message with broken base64.") from error


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _prepared(password: str) -> bytes:
    """Apply SASLprep (RFC 4013); like PostgreSQL, take a password that it does not allow as it is."""
    if password.isascii():
        return password.encode()
    mapped = "".join(" " if stringprep.in_table_c12(c) else c for c in password if not stringprep.in_table_b1(c))
    normal = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    return (password if not normal or _prohibited(normal) else normal).encode()


def _prohibited(text: str) -> bool:
    tables = (
        stringprep.in_table_a1,
        stringprep.in_table_c12,
        stringprep.in_table_c21_c22,
        stringprep.in_table_c3,
        stringprep.in_table_c4,
        stringprep.in_table_c5,
        stringprep.in_table_c6,
        stringprep.in_table_c7,
        stringprep.in_table_c8,
        stringprep.in_table_c9,
    )
    if any(table(c) for c in text for table in tables):
        return True
    if not any(map(stringprep.in_table_d1, text)):
        return False
    # RFC 3454 section 6: right-to-left text must begin and end so and hold no left-to-right letter.
    return any(map(stringprep.in_table_d2, text)) or not (
        stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])
    )
