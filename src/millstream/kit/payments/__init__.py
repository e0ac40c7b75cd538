"""Payments: the interface of providers, the two that need nobody outside, and what carries to and from them."""

from millstream.kit.payments.exchange import receive_notice, run_payments
from millstream.kit.payments.own_providers import ManualPayments, TestPayments
from millstream.kit.payments.provider import (
    Notice,
    NoticeRefused,
    NoticeStatus,
    Payment,
    PaymentProvider,
    Refund,
    RefundStatus,
    SentRefund,
    StartedPayment,
)

__all__ = [
    "ManualPayments",
    "Notice",
    "NoticeRefused",
    "NoticeStatus",
    "Payment",
    "PaymentProvider",
    "Refund",
    "RefundStatus",
    "SentRefund",
    "StartedPayment",
    "TestPayments",
    "receive_notice",
    "run_payments",
]
