"""What LodgeTix tells other systems: orders that begin, and orders that become something else."""

from __future__ import annotations

from millstream.app import CapturedChange, RowOperation, WebhookEvent


def _status_changed(change: CapturedChange) -> bool:
    return change.old is not None and change.old.get("status") != change.row.get("status")


ORDER_CREATED = WebhookEvent(type="order.created", table="orders")
ORDER_STATUS_CHANGED = WebhookEvent(
    type="order.status_changed", table="orders", operations=frozenset({RowOperation.UPDATE}), when=_status_changed
)
