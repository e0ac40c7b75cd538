"""Hashes and verifies passwords off the event loop, never more at once than configured, and after all other work.

Receives passwords from the flows; `auth.password_hashes` does the work, in threads that yield the cores to whatever
else wants them: changes reach their listeners while a flood of sign-ins is being hashed. Verifying against no hash
takes as long as against a wrong one, so that an unknown address cannot be told from a known one. When full: the next
password is refused with RateLimited (429) at once.

Life cycle: owned by the project's services; `close` waits for hashes that have begun.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from millstream.auth.errors import RateLimited, WeakPassword
from millstream.auth.password_hashes import LONGEST_PASSWORD_BYTES, HashUnreadable, PasswordHashes
from millstream.auth.settings import AuthSettings
from millstream.observe import Level, Observation, Observer, ignore

_NICENESS, _NICEST = 10, 19
_TELL_SECONDS = 1.0

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PasswordQueueFull(Observation):
    """More passwords arrived than may wait. Told at most once a second, with how many were refused since."""

    level: ClassVar[Level] = Level.WARNING
    waiting: int
    refused: int


@dataclass(frozen=True, slots=True)
class PasswordHashUnreadable(Observation):
    """An account has a hash of a kind that we cannot verify; its owner cannot sign in until it is set anew."""

    level: ClassVar[Level] = Level.WARNING


class Passwords:
    """The password hashing of one project."""

    def __init__(self, settings: AuthSettings, observe: Observer = ignore) -> None:
        self._hashes = PasswordHashes(memory_kib=settings.hash_memory_kib, passes=settings.hash_passes)
        self._least_length = settings.password_length
        workers = settings.hash_workers or max(1, (os.cpu_count() or 1) // 2)
        self._most_pending = workers + settings.hash_queue
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="password", initializer=_yield_the_cores)
        self._pending = 0
        self._refused = 0
        self._told_at = -_TELL_SECONDS
        self._observe = observe
        # Nobody's password: what an unknown address is compared with.
        self._nobodys_hash = self._hashes.hash(secrets.token_urlsafe())

    def check_strength(self, password: str) -> None:
        """Raise WeakPassword where a new password breaks the project's rules."""
        if len(password) < self._least_length:
            raise WeakPassword(f"Password should be at least {self._least_length} characters.", reasons=("length",))
        if len(password.encode()) > LONGEST_PASSWORD_BYTES:
            raise WeakPassword(f"Password cannot be longer than {LONGEST_PASSWORD_BYTES} bytes.", reasons=("length",))

    def check_room(self) -> None:
        """Raise RateLimited where one more password would be refused: before anything else is done for it."""
        if self._pending < self._most_pending:
            return
        self._refused += 1
        now = time.monotonic()
        if now - self._told_at >= _TELL_SECONDS:
            self._observe(PasswordQueueFull(self._pending, self._refused))
            self._told_at, self._refused = now, 0
        raise RateLimited("Too many passwords to check at once", retry_after_seconds=1)

    async def hash(self, password: str) -> str:
        """Return a new hash, with its parameters and salt, in the PHC string format."""
        return await self._run(functools.partial(self._hashes.hash, password))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Say whether a password fits a stored hash; None is an account without one, or no account at all."""
        fits = await self._run(functools.partial(self._fits, password, stored or self._nobodys_hash))
        return fits and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Say whether a hash was made in another way than new ones are."""
        return self._hashes.is_outdated(stored)

    def close(self) -> None:
        """Wait for hashes that have begun; those that wait are given up."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _fits(self, password: str, stored: str) -> bool:
        try:
            return self._hashes.fits(password, stored)
        except HashUnreadable:
            self._observe(PasswordHashUnreadable())
            self._hashes.fits(password, self._nobodys_hash)
            return False

    async def _run(self, work: Callable[[], Result]) -> Result:
        self.check_room()
        self._pending += 1
        future = self._workers.submit(work)
        future.add_done_callback(functools.partial(self._finished, asyncio.get_running_loop()))
        return await asyncio.wrap_future(future)

    def _finished(self, loop: asyncio.AbstractEventLoop, _: object) -> None:
        # Counted when the work ends and not when its caller leaves: a caller who hangs up still occupies a worker.
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._release)

    def _release(self) -> None:
        self._pending -= 1


def _yield_the_cores() -> None:
    """Let a worker run behind all else that wants a core; where that is not possible, as one among them."""
    with contextlib.suppress(OSError, AttributeError):
        thread = threading.get_native_id()
        own = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, min(own + _NICENESS, _NICEST))
