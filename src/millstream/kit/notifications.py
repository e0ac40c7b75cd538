"""Keeps the notification centre small; its rules, and who is told how, are `kit.notify` in SQL.

An application declares the task beside its other background tasks.
"""

from __future__ import annotations

from datetime import timedelta

from millstream.app import BackgroundTask
from millstream.kit.upkeep import call_every


def forget_notifications(*, days: int = 90) -> BackgroundTask:
    """Return the task that deletes notifications older than so many days, read or not."""
    return call_every("kit.forget_notifications", timedelta(days=days), seconds=3600, name="forget notifications")
