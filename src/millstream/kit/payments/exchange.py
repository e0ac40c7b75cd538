"""What carries between payment providers and the database.

What happens to money is said by SQL (`kit.confirm_payment`, `kit.refund_payment`). Here providers are asked to begin
payments and to pay back, in the background as the service role, and their notices are taken, as often as they come. A
provider that fails is asked again in the next round, under the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from millstream.app import BackgroundTask, Context
from millstream.kit.payments.provider import NoticeStatus, Payment, PaymentProvider, Refund


async def receive_notice(context: Context, provider: PaymentProvider, body: bytes, headers: Mapping[str, str]) -> str:
    """Take a provider's notice in a transaction of the service role, and return the payment's status.

    A notice that comes again changes nothing. `headers` have their names in lower case.
    """
    notice = provider.read_notice(body, headers)
    await context.sql.execute("select kit.note_notice(%s, %s, %s)", (provider.name, notice.id, notice.payment_id))
    if notice.status is NoticeStatus.CONFIRMED:
        await context.sql.execute(
            "select kit.confirm_payment(%s, %s, %s)", (notice.payment_id, notice.reference, notice.paid)
        )
    else:
        await context.sql.execute("select kit.payment_ended(%s, %s)", (notice.payment_id, notice.status.value))
    cursor = await context.sql.execute("select status from kit.payments where id = %s", (notice.payment_id,))
    [row] = await cursor.fetchall()
    return str(row["status"])


def run_payments(providers: Sequence[PaymentProvider], *, seconds: float = 1) -> BackgroundTask:
    """Return the task that hands new payments and refunds to their providers."""
    by_name = {one.name: one for one in providers}

    async def run(context: Context) -> int:
        return await _start_payments(context, by_name) + await _send_refunds(context, by_name)

    return BackgroundTask("hand payments to their providers", seconds, run)


async def _start_payments(context: Context, providers: Mapping[str, PaymentProvider]) -> int:
    cursor = await context.sql.execute("select * from kit.payments_to_start(%s)", (list(providers),))
    rows = await cursor.fetchall()
    for row in rows:
        payment = Payment(row["id"], row["amount"], row["currency"], row["payable_table"], row["payable_id"])
        started = await providers[row["provider"]].start(payment)
        await context.sql.execute(
            "select kit.payment_pending(%s, %s, %s)", (payment.id, started.reference, started.page)
        )
    return len(rows)


async def _send_refunds(context: Context, providers: Mapping[str, PaymentProvider]) -> int:
    cursor = await context.sql.execute("select * from kit.refunds_to_send(%s)", (list(providers),))
    rows = await cursor.fetchall()
    for row in rows:
        provider = providers[row.pop("provider")]
        sent = await provider.refund(Refund(**row))
        await context.sql.execute("select kit.refund_ended(%s, %s, %s)", (row["id"], sent.status, sent.reference))
    return len(rows)
