"""The row changes of a channel: what `subscriptions` is asked for, and the reply that echoes the bindings.

A reply lists every map as it was sent, in order, with the id under which its changes will come: clients compare both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson

from millstream.identity import Claims
from millstream.phoenix.serializer import Serializer
from millstream.pubsub import Mailbox
from millstream.subscriptions.subscription import BindingRequest, Subscription, binding_id

Json = Mapping[str, Any]


class Subscriptions(Protocol):
    """What channels need of `millstream.subscriptions`."""

    async def open(
        self,
        *,
        topic: str,
        serializer: Serializer,
        mailbox: Mailbox,
        claims: Claims,
        bindings: Sequence[BindingRequest],
    ) -> Subscription:
        """Return when changes flow, without another pause after that; raise SubscriptionRefused."""
        ...

    async def change_claims(self, subscription: Subscription, claims: Claims) -> None:
        """See with other rights from the next change on; raise SubscriptionRefused."""
        ...

    def close(self, subscription: Subscription) -> None:
        """Deliver nothing more; called once."""
        ...


def binding_requests(maps: Sequence[Json]) -> list[BindingRequest]:
    """Read the bindings of a join."""
    return [BindingRequest.from_map(each) for each in maps]


def reply_response(maps: Sequence[Json]) -> bytes:
    """Encode the response of an accepted join."""
    return orjson.dumps({"postgres_changes": [{**each, "id": binding_id(each)} for each in maps]})
