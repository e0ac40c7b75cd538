"""The two providers that need nobody outside: money that changes hands at the place, and money that is none.

Both do what `PaymentProvider` asks of every provider.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import ClassVar
from uuid import UUID

import orjson

from millstream.kit.payments.provider import (
    Notice,
    NoticeRefused,
    NoticeStatus,
    Payment,
    Refund,
    RefundStatus,
    SentRefund,
    StartedPayment,
)


class ManualPayments:
    """Pay at the place: staff say that it was paid and that it was paid back, through the application."""

    name: ClassVar[str] = "manual"

    async def start(self, payment: Payment) -> StartedPayment:
        """Name the payment; it is pending until somebody at the place confirms it."""
        return StartedPayment(f"manual-{payment.id}")

    async def refund(self, refund: Refund) -> SentRefund:
        """Leave the refund to the staff."""
        return SentRefund(RefundStatus.IN_TRANSIT, f"manual-{refund.id}")

    def read_notice(self, body: bytes, headers: Mapping[str, str]) -> Notice:  # noqa: ARG002 -- the interface's
        """Refuse: nobody outside knows of these payments."""
        raise NoticeRefused


class TestPayments:
    """A provider without money, for demos and tests: whoever has its secret decides what happens.

    `page` is where a portal shows its pretended card form, with `{id}` in the place of the payment's id.
    """

    __test__ = False
    name: ClassVar[str] = "test"

    def __init__(self, secret: str, *, page: str = "/pay/{id}") -> None:
        self._secret = secret.encode()
        self._page = page

    async def start(self, payment: Payment) -> StartedPayment:
        """Name the payment, and the page on which it is paid."""
        return StartedPayment(f"test-{payment.id}", self._page.replace("{id}", str(payment.id)))

    async def refund(self, refund: Refund) -> SentRefund:
        """Pay back at once."""
        return SentRefund(RefundStatus.DONE, f"test-{refund.id}")

    def notice(
        self,
        payment_id: UUID,
        *,
        notice_id: str,
        status: NoticeStatus = NoticeStatus.CONFIRMED,
        paid: Decimal | None = None,
    ) -> tuple[bytes, Mapping[str, str]]:
        """Return body and headers of a notice, as this provider would send them."""
        said = {"id": notice_id, "payment_id": payment_id, "status": status}
        body = orjson.dumps(said if paid is None else {**said, "paid": str(paid)})
        return body, {"test-signature": self._sign(body)}

    def read_notice(self, body: bytes, headers: Mapping[str, str]) -> Notice:
        """Return what a notice says; raise NoticeRefused unless it is signed with the secret."""
        if not hmac.compare_digest(self._sign(body), headers.get("test-signature", "")):
            raise NoticeRefused
        try:
            said = orjson.loads(body)
            paid = Decimal(said["paid"]) if "paid" in said else None
            return Notice(str(said["id"]), UUID(said["payment_id"]), NoticeStatus(said["status"]), paid=paid)
        except (ValueError, KeyError, TypeError, InvalidOperation) as error:
            raise NoticeRefused from error

    def _sign(self, body: bytes) -> str:
        return hmac.new(self._secret, body, hashlib.sha256).hexdigest()
