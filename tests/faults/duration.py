"""How long a fault lasts: an outage, a slow line, a slow reader. Tests wait for what happens, and for nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select


async def lasting(seconds: float) -> None:
    """Let the fault last."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().create_future()


async def ends_within(pid: int, seconds: float) -> bool:
    """Wait for a child process to end, and say whether it did in time."""
    descriptor = os.pidfd_open(pid)
    try:
        ended, _, _ = await asyncio.to_thread(select.select, [descriptor], [], [], seconds)
    finally:
        os.close(descriptor)
    return bool(ended)
