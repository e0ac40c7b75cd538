"""Functions of the database that run again and again while the server does: what falls due, what nobody needs any more.

An application declares the tasks beside its other background tasks; what they do is the SQL function's business.
"""

from __future__ import annotations

from typing import Any

from millstream.app import BackgroundTask, Context


def call_every(function: str, *parameters: Any, seconds: float, name: str | None = None) -> BackgroundTask:
    """Return the task that calls a function as the service role, and counts what it returns."""
    places = ", ".join(["%s"] * len(parameters))

    async def call(context: Context) -> int:
        cursor = await context.sql.execute(f"select {function}({places}) as changed".encode(), parameters)
        row = await cursor.fetchone()
        return int(row["changed"] or 0) if row else 0

    return BackgroundTask(name or function, seconds, call)
