"""Names to addresses for the sender: on threads of their own, and nothing but the public internet.

`ThreadResolver` asks the system; a name server that never answers holds a thread of this pool and none of those that
the rest of the server works with. `GuardedResolver` lets no answer through where no webhook may go; what it lets
through is what is dialled, so that a name that changes its answers gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from millstream.webhooks.endpoints.address_guard import AddressGuard, AddressRefused

_THREADS = 64
_MOST_ANSWERS = 64


class ThreadResolver(AbstractResolver):
    """The system's resolver."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="webhook names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses; raises OSError for a name that has none."""

        def ask() -> list[ResolveResult]:
            found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
            return [
                ResolveResult(
                    hostname=host, host=str(address[0]), port=int(address[1]), family=kind, proto=protocol,
                    flags=socket.AI_NUMERICHOST,
                )
                for kind, _, protocol, _, address in found
            ]  # fmt: skip

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    async def close(self) -> None:
        """Wait for no name any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """Resolves names, and refuses one that has any answer where no webhook may go."""

    def __init__(self, guard: AddressGuard, inner: AbstractResolver) -> None:
        self._guard = guard
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the first answers; raises AddressRefused, which does not say what the answer was."""
        answers = await self._inner.resolve(host, port, family)
        for answer in answers:
            try:
                self._guard.check_address(answer["host"])
            except AddressRefused:
                raise AddressRefused(f"The name {host} has an address that is not on the public internet.") from None
        return answers[:_MOST_ANSWERS]

    async def close(self) -> None:
        """Close the inner resolver."""
        await self._inner.close()
