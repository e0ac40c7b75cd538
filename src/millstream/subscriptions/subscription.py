"""One channel's share in a cohort of the registry, from `open` to `close`. Made and changed by `subscribe` alone."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.identity import Claims
from millstream.pubsub.mailbox import Mailbox
from millstream.subscriptions.bindings.binding import BindingRequest
from millstream.subscriptions.cohort import Cohort
from millstream.subscriptions.replay import Replay
from millstream.subscriptions.resume import Resumption


@dataclass(slots=True, eq=False)
class Subscription:
    """One channel's subscription: changed only by the `Subscriptions` that opened it."""

    claims: Claims
    requests: tuple[BindingRequest, ...]
    mailbox: Mailbox
    cohort: Cohort | None
    resumption: Resumption | None = None
    replay: Replay | None = None
