"""The headers that prove who sent a request: Standard Webhooks, and the styles of GitHub and Stripe beside it.

Signed is `id.timestamp.body`, byte for byte as sent; every secret that is valid signs, so that a receiver may change
from the old one to the new one whenever it likes. Sources: Standard Webhooks 1.0.0, "Signature scheme"; GitHub,
"Validating webhook deliveries"; Stripe, "Verify webhook signatures manually".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from millstream.webhooks.signing.secrets import Secret, SecretInvalid, SignatureKind

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
GITHUB_HEADER = "x-hub-signature-256"
STRIPE_HEADER = "stripe-signature"


class SignatureStyle(StrEnum):
    """How a receiver expects requests to be signed; the standard's headers are always there."""

    STANDARD = "standard"
    GITHUB = "github"
    STRIPE = "stripe"


def sign(
    secrets: Sequence[Secret],
    *,
    message_id: str,
    timestamp: int,
    body: bytes,
    styles: Sequence[SignatureStyle] = (SignatureStyle.STANDARD,),
) -> dict[str, str]:
    """Return the headers of one attempt; `timestamp` is the attempt's, in Unix seconds."""
    if "." in message_id:
        raise SecretInvalid("The id of a message must not contain a dot.")
    content = f"{message_id}.{timestamp}.".encode() + body
    headers = {
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: str(timestamp),
        SIGNATURE_HEADER: " ".join(_standard(secret, content) for secret in secrets),
    }
    shared = [secret.key for secret in secrets if secret.kind is SignatureKind.V1]
    if SignatureStyle.GITHUB in styles and shared:
        # One signature has room there: the newest secret's, which comes first.
        headers[GITHUB_HEADER] = "sha256=" + _hmac(shared[0], body).hex()
    if SignatureStyle.STRIPE in styles and shared:
        signed = f"{timestamp}.".encode() + body
        headers[STRIPE_HEADER] = ",".join([f"t={timestamp}", *(f"v1={_hmac(key, signed).hex()}" for key in shared)])
    return headers


def _standard(secret: Secret, content: bytes) -> str:
    if secret.kind is SignatureKind.V1:
        signature = _hmac(secret.key, content)
    else:
        signature = Ed25519PrivateKey.from_private_bytes(secret.key).sign(content)
    return f"{secret.kind.value},{base64.b64encode(signature).decode()}"


def _hmac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)
