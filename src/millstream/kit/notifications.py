"""Keeps the notification centre small; its rules, and who is told how, are `kit.notify` in SQL.

An application declares the task beside its other background tasks.
"""

from __future__ import annotations

from datetime import timedelta

from millstream.app import BackgroundTask, Context

_SECONDS = 3600


def forget_notifications(*, days: int = 90) -> BackgroundTask:
    """Return the task that deletes notifications older than so many days, read or not."""

    async def forget(context: Context) -> int:
        cursor = await context.sql.execute("select kit.forget_notifications(%s) as gone", (timedelta(days=days),))
        row = await cursor.fetchone()
        return int(row["gone"]) if row else 0

    return BackgroundTask("forget notifications", _SECONDS, forget)
