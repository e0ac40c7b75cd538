"""What an application declares to be called by others: `POST /api/webhooks/<name>`.

An application lists `InboundWebhook` values in `App(inbound_webhooks=…)`; `app.inbound_calls` runs them for
`asgi.webhooks.inbound`. Who may call is said by a secret of the settings, never by the application.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from millstream.app.errors import AppInvalid
from millstream.operations import Context

Body = TypeVar("Body", bound=BaseModel)

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundWebhook(Generic[Body]):
    """A function that others call with events.

    `receive` runs as the service role in one transaction, with the body checked by `model`; it may run more than once
    for one request, each time in a new transaction. `event_id` names the event by its body: one that was taken before
    is not taken again. Without it the header `webhook-id` of Standard Webhooks does, and has to be there.
    """

    name: str
    model: type[Body]
    receive: Callable[[Context, Body], Awaitable[Any]]
    event_id: Callable[[Body], str] | None = None

    def __post_init__(self) -> None:
        """Refuse a name that is no path."""
        if not _NAME.fullmatch(self.name):
            raise AppInvalid(f"The inbound webhook {self.name!r} needs lower-case words with hyphens between.")
