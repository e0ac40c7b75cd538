"""Hashes and verifies passwords with argon2id (RFC 9106), off the event loop and never more at once than configured.

Receives passwords from the flows. Verifying against no hash takes as long as against a wrong one, so that an unknown
address cannot be told from a known one. When full: the next password is refused with RateLimited (429) at once, so
that a flood of sign-ins costs its own callers and not the log's latency.

Life cycle: owned by the project's services; `close` waits for hashes that have begun.
"""

from __future__ import annotations

import asyncio
import functools
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from millstream.auth.errors import RateLimited, WeakPassword
from millstream.auth.settings import AuthSettings
from millstream.observe import Level, Observation, Observer, ignore

LONGEST_PASSWORD_BYTES = 256

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PasswordQueueFull(Observation):
    """More passwords arrived than may wait; one was refused."""

    level: ClassVar[Level] = Level.WARNING
    waiting: int


@dataclass(frozen=True, slots=True)
class PasswordHashUnreadable(Observation):
    """An account has a hash of a kind that we cannot verify; its owner cannot sign in until it is set anew."""

    level: ClassVar[Level] = Level.WARNING


class Passwords:
    """The password hashing of one project."""

    def __init__(self, settings: AuthSettings, observe: Observer = ignore) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.hash_passes, memory_cost=settings.hash_memory_kib, parallelism=1
        )
        self._least_length = settings.password_length
        self._most_pending = settings.hash_workers + settings.hash_queue
        self._workers = ThreadPoolExecutor(settings.hash_workers, thread_name_prefix="password")
        self._pending = 0
        self._observe = observe
        # Nobody's password: what an unknown address is compared with.
        self._nobodys_hash = self._hasher.hash(secrets.token_urlsafe())

    def check_strength(self, password: str) -> None:
        """Raise WeakPassword where a new password breaks the project's rules."""
        if len(password) < self._least_length:
            raise WeakPassword(f"Password should be at least {self._least_length} characters.", reasons=("length",))
        if len(password.encode()) > LONGEST_PASSWORD_BYTES:
            raise WeakPassword(f"Password cannot be longer than {LONGEST_PASSWORD_BYTES} bytes.", reasons=("length",))

    async def hash(self, password: str) -> str:
        """Return a new hash, with its parameters and salt, in the PHC string format."""
        return await self._run(functools.partial(self._hasher.hash, password))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Say whether a password fits a stored hash; None is an account without one, or no account at all."""
        fits = await self._run(functools.partial(self._fits, password, stored or self._nobodys_hash))
        return fits and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Say whether a hash was made with other costs than those configured now."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Wait for hashes that have begun; those that wait are given up."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _fits(self, password: str, stored: str) -> bool:
        is_too_long = len(password.encode()) > LONGEST_PASSWORD_BYTES
        try:
            # The same work as for any other password, whatever its length.
            self._hasher.verify(stored, "" if is_too_long else password)
        except InvalidHashError:
            self._observe(PasswordHashUnreadable())
            self._fits(password, self._nobodys_hash)
            return False
        except VerificationError:
            return False
        return not is_too_long

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._pending >= self._most_pending:
            self._observe(PasswordQueueFull(self._pending))
            raise RateLimited("Too many passwords to check at once", retry_after_seconds=1)
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
