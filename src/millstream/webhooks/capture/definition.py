"""What an application declares: which change of which table is an event, and what it says.

An application lists `WebhookEvent` values in `App(webhooks=…)`. `capture` reads them: a change of `table` by one of
`operations` for which `when` holds becomes an event of that `type`, whose `payload` is the row, the key alone, or what
a function makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from millstream.change import Operation
from millstream.errors import MillstreamError
from millstream.postgres.pool import SqlConnection

_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_TABLE = re.compile(r"([A-Za-z_][\w$]*\.)?[A-Za-z_][\w$]*")

RowValues = Mapping[str, Any]
"""A row by column, as JSON has it: numbers, booleans, JSON as they are, everything else as PostgreSQL writes it."""


class WebhookEventInvalid(MillstreamError):
    """Raised for a declaration that cannot work, when the application is imported."""

    code: ClassVar[str] = "webhook_event_invalid"


class Capture(Enum):
    """Where a change is taken from.

    LOG costs the writer nothing; TRIGGER writes in the writer's own transaction, and survives the loss of the slot.
    """

    LOG = "log"
    TRIGGER = "trigger"


class Payload(Enum):
    """The whole row, with the old one where the log has it; or the key alone, for receivers that ask back."""

    FULL = "full"
    THIN = "thin"


@dataclass(frozen=True, slots=True)
class CapturedChange:
    """One change as conditions and payload functions get it; `old` holds what the replica identity carries."""

    operation: Operation
    old: RowValues | None
    new: RowValues | None

    @property
    def row(self) -> RowValues:
        """Return the row as it is now, or was when it was deleted."""
        return (self.new if self.new is not None else self.old) or {}


PayloadFunction = Callable[[CapturedChange, SqlConnection], Awaitable[Mapping[str, Any]]]
"""Makes the payload; the connection is the service role's, in the transaction that writes the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """One kind of event.

    `key` names the columns whose values order events (by default the primary key, then `id`): events of one key are
    delivered one after the other. `organisation` names the column that says whose event it is; endpoints of other
    organisations never get it. `columns` is a list of what may leave, `None` being everything.
    `changed_at` names the column that tells when a row was written (made, for an event of INSERT): with it, what
    happened while there was no slot can be sent afterwards.
    """

    type: str
    table: str
    operations: frozenset[Operation] = frozenset({Operation.INSERT})
    when: Callable[[CapturedChange], bool] | None = None
    payload: Payload | PayloadFunction = Payload.FULL
    key: tuple[str, ...] = ()
    organisation: str | None = None
    columns: frozenset[str] | None = None
    changed_at: str | None = None
    version: str = "1"
    capture: Capture = Capture.LOG

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming it."""
        if not _TYPE.fullmatch(self.type):
            raise WebhookEventInvalid(f"{self.type!r} is no type of event: use lower-case words with dots between.")
        if not _TABLE.fullmatch(self.table):
            raise WebhookEventInvalid(f"{self.table!r}, of the event {self.type}, is no table.")
        if not self.operations or Operation.TRUNCATE in self.operations:
            raise WebhookEventInvalid(f"The event {self.type} needs INSERT, UPDATE or DELETE.")

    @property
    def schema(self) -> str:
        """Return the table's schema; `public` where none is given."""
        return self.table.rpartition(".")[0] or "public"

    @property
    def relation(self) -> str:
        """Return the table's name without its schema."""
        return self.table.rpartition(".")[2]
