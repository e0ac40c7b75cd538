"""The receiver's side, for whoever gets our webhooks in Python: verify, refuse what is old, recognise what is known.

`Receiver.open` takes the headers and the raw body and returns the event, or raises. It knows v1 and v1a, several keys
at once for a rotation, and a tolerance in both directions. `Seen` remembers ids, since a delivery may come twice; a
receiver of several processes keeps the ids in its database instead, in the transaction of its effect.
Pure but for the clock, which is handed in. Source: Standard Webhooks 1.0.0, "Verifying webhook authenticity".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from millstream.errors import MillstreamError
from millstream.webhooks.signing.secrets import PUBLIC_PREFIX, SignatureKind, parse_public_key, parse_secret
from millstream.webhooks.signing.signatures import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER

TOLERANCE_SECONDS = 300
_MOST_SIGNATURES = 32
_LONGEST_TIMESTAMP = 12


class WebhookRefused(MillstreamError):
    """Raised for a request that was not signed by a known key, or not just now."""

    code: ClassVar[str] = "webhook_refused"
    status: ClassVar[int] = 401


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """A request that was verified. `id` is the same however often the event is delivered."""

    id: str
    timestamp: int
    type: str | None
    data: Any
    body: bytes


class Receiver:
    """Opens requests that were signed with one of the keys: `whsec_` (shared) or `whpk_` (public)."""

    def __init__(
        self, keys: Sequence[str], clock: Callable[[], float], tolerance_seconds: int = TOLERANCE_SECONDS
    ) -> None:
        self._shared = [parse_secret(key).key for key in keys if not key.startswith(PUBLIC_PREFIX)]
        self._public = [
            Ed25519PublicKey.from_public_bytes(parse_public_key(key)) for key in keys if key.startswith(PUBLIC_PREFIX)
        ]
        self._clock = clock
        self._tolerance = tolerance_seconds

    def open(self, headers: Mapping[str, str], body: bytes) -> ReceivedEvent:
        """Verify the request and return its event; raises WebhookRefused. Header names in any case."""
        lowered = {name.lower(): value for name, value in headers.items()}
        message_id, stamp, signatures = (
            lowered.get(name, "") for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)
        )
        if not message_id or not stamp or not signatures:
            raise WebhookRefused("A header of the signature is missing.")
        timestamp = self._fresh(stamp)
        content = f"{message_id}.{stamp}.".encode() + body
        if not any(self._matches(one, content) for one in signatures.split(" ")[:_MOST_SIGNATURES]):
            raise WebhookRefused("No signature of the request was made with a known key.")
        try:
            envelope = json.loads(body)
        except ValueError as error:
            raise WebhookRefused("The body of the request is no JSON.") from error
        if not isinstance(envelope, dict):
            return ReceivedEvent(message_id, timestamp, None, envelope, body)
        return ReceivedEvent(message_id, timestamp, envelope.get("type"), envelope.get("data", envelope), body)

    def _fresh(self, stamp: str) -> int:
        if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > _LONGEST_TIMESTAMP:
            raise WebhookRefused("The time of the request is no number of seconds.")
        timestamp = int(stamp)
        if abs(self._clock() - timestamp) > self._tolerance:
            raise WebhookRefused(
                "The request is too old, or from the future.", hint="A captured request that is sent again looks so."
            )
        return timestamp

    def _matches(self, signature: str, content: bytes) -> bool:
        kind, _, encoded = signature.partition(",")
        try:
            given = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return False
        if kind == SignatureKind.V1:
            # Every key is tried, so that the time does not tell which one it was.
            found = [hmac.compare_digest(hmac.digest(key, content, hashlib.sha256), given) for key in self._shared]
            return any(found)
        return kind == SignatureKind.V1A and any(_verifies(key, given, content) for key in self._public)


class Seen:
    """The ids of the last events, so that one that comes again has no second effect."""

    def __init__(self, most: int = 100_000) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._most = most

    def first_time(self, message_id: str) -> bool:
        """Tell whether this id is new, and remember it; the oldest is forgotten when there are too many."""
        if message_id in self._ids:
            return False
        self._ids[message_id] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True


def _verifies(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
