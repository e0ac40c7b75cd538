"""What a client asks for in `config.postgres_changes`, and what it is compiled to: requests and bindings.

Requests are read from the maps of a join, bindings are made of them by `binding_compiler` and lie in the registry.
Values and identity only; nothing here does I/O.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson

from millstream.change import Operation
from millstream.errors import MillstreamError
from millstream.policy.predicates.predicate import Condition
from millstream.subscriptions.bindings.filters import LocalTest

ANY = "*"
_EVENTS = frozenset({Operation.INSERT.value, Operation.UPDATE.value, Operation.DELETE.value})
_ID_BITS = 27


class SubscriptionRefused(MillstreamError):
    """No changes will flow for these bindings; the text is for the `system` message, the channel stays open.

    `may_pass` says that the same request may well be accepted later, since the database could not be asked.
    """

    code: ClassVar[str] = "subscription_refused"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, may_pass: bool = False) -> None:
        super().__init__(message)
        self.may_pass = may_pass


def refused_for_now(error: MillstreamError) -> SubscriptionRefused:
    """Return the refusal for a fault that is not the request's."""
    return SubscriptionRefused(f"Unable to subscribe to changes now: {error.message}", may_pass=error.status >= 500)


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """One entry of `config.postgres_changes`, with the protocol's defaults; equal requests have equal `text`.

    `leave` is Millstream's own key: an UPDATE that moves a row out of the filter or out of sight is told as a DELETE
    carrying the key only, where the log has the whole old row.
    """

    event: str
    schema: str
    table: str
    filter: str
    select: tuple[str, ...] | None
    leave: bool
    raw: Mapping[str, Any] = field(compare=False)
    text: bytes

    @classmethod
    def from_map(cls, raw: Mapping[str, Any]) -> BindingRequest:
        """Read the map that a client sent. Any map is a request: what makes no sense is refused by `subscribe`."""
        event = str(raw.get("event") or ANY).upper()
        select = raw.get("select")
        names = select.split(",") if isinstance(select, str) else select
        return cls(
            event=event if event in _EVENTS else ANY,
            schema=str(raw.get("schema") or "public"),
            table=str(raw.get("table") or ANY),
            filter=str(raw.get("filter") or ""),
            select=tuple(str(name).strip() for name in names) if isinstance(names, Sequence) and names else None,
            leave=raw.get("leave") is True,
            raw=raw,
            text=canonical(raw),
        )

    @property
    def id(self) -> int:
        """Return the id that the join reply gives this binding."""
        return binding_id(self.raw)

    def describe(self) -> str:
        """Return the request in the form of the error texts that clients know."""
        filters = self.filter and orjson.dumps(self.filter).decode()
        return f"[event: {self.event}, schema: {self.schema}, table: {self.table}, filters: [{filters}]]"


def canonical(raw: Mapping[str, Any]) -> bytes:
    """Return a map as JSON that is equal for equal maps."""
    return orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)


def binding_id(raw: Mapping[str, Any]) -> int:
    """Return a non-zero id of 27 bits, equal for equal maps, on every server and after every restart."""
    digest = hashlib.blake2b(canonical(raw), digest_size=8).digest()
    return int.from_bytes(digest) % ((1 << _ID_BITS) - 1) + 1


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A request that was accepted. `columns` are those that its filter looks at."""

    id: int
    event: str
    schema: str
    table: str
    select: frozenset[str] | None
    leave: bool
    tests: tuple[LocalTest, ...]
    conditions: tuple[Condition, ...]
    columns: frozenset[str]

    def hears_of(self, operation: Operation) -> bool:
        """Tell whether the binding's event is this one."""
        return self.event == ANY or self.event == operation  # noqa: PLR1714  a tuple for each change costs more
