"""The interface of payment providers: what each is asked and what it says. Values and a Protocol; nothing runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

from millstream.operations import OperationError


class NoticeRefused(OperationError):
    """A provider's notice is not signed by it, or cannot be read."""

    code = "payment_notice_refused"
    status = 400
    text = "This notice is not one of the payment provider's."


class NoticeStatus(StrEnum):
    """What a provider says of a payment."""

    CONFIRMED = "confirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundStatus(StrEnum):
    """What a provider says of a refund."""

    IN_TRANSIT = "in_transit"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment to be begun. Its `id` is the key under which a provider should know a repeated request."""

    id: UUID
    amount: Decimal
    currency: str
    payable_table: str
    payable_id: str


@dataclass(frozen=True, slots=True)
class StartedPayment:
    """How the provider names the payment, and the page on which it is paid, if there is one."""

    reference: str
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund to be made. Its `id` is the key under which a provider should know a repeated request."""

    id: UUID
    payment_id: UUID
    payment_reference: str | None
    amount: Decimal
    currency: str
    reason: str


@dataclass(frozen=True, slots=True)
class SentRefund:
    """What the provider answered; one that is in transit is ended by `kit.refund_ended` later."""

    status: RefundStatus
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider says happened; `id` is the same when it says it again."""

    id: str
    payment_id: UUID
    status: NoticeStatus
    reference: str | None = None
    paid: Decimal | None = None


class PaymentProvider(Protocol):
    """Somebody who takes money and pays it back. `name` is stored with each payment."""

    name: ClassVar[str]

    async def start(self, payment: Payment) -> StartedPayment:
        """Begin a payment; the same payment again is no second one."""
        ...

    async def refund(self, refund: Refund) -> SentRefund:
        """Pay back; the same refund again is no second one."""
        ...

    def read_notice(self, body: bytes, headers: Mapping[str, str]) -> Notice:
        """Return what a request of the provider's says; raise NoticeRefused unless it is signed."""
        ...
