"""Networks that fail: a relay that goes silent or slow, and hosts in network namespaces whose router drops packets.

A relay needs no privileges, but its system goes on answering for it: what it drops is what programs notice, not what
TCP does. Namespaces need root; `network_of` skips the test where they cannot be made.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import random
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

import pytest

from tests.faults.duration import lasting
from tests.fixtures.websocket_client import WebSocketClient

Answer = TypeVar("Answer")
_CLONE_NEWNET = 0x40000000


class Relay:
    """Carries bytes both ways, until it is `silent`: then it accepts and answers nothing, and closes nothing."""

    def __init__(self, port: int, chance: random.Random, *, delay: float, jitter: float, bytes_a_second: float) -> None:
        self._server_port = port
        self._chance = chance
        self._delay, self._jitter, self._rate = delay, jitter, bytes_a_second
        self._sounds = asyncio.Event()
        self._sounds.set()
        self.port = 0

    @property
    def silent(self) -> bool:
        return not self._sounds.is_set()

    @silent.setter
    def silent(self, silent: bool) -> None:
        (self._sounds.clear if silent else self._sounds.set)()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_writer = None
        try:
            await self._sounds.wait()
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._one_way(reader, up_writer))
                ways.create_task(self._one_way(up_reader, writer))
        except* OSError:
            pass  # one end has broken, and the other is told by the same
        finally:
            for each in (writer, up_writer):
                if each is not None:
                    each.transport.abort()

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Deliver each piece after its delay, in order, no faster than the line is."""
        loop = asyncio.get_running_loop()
        free = loop.time()
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._deliver(pieces, writer))
            while data := await reader.read(16384):
                free = max(free, loop.time()) + len(data) / self._rate
                await pieces.put((free + self._delay + self._chance.uniform(-self._jitter, self._jitter), data))
            await pieces.put((free + self._delay, b""))

    async def _deliver(self, pieces: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, data = await pieces.get()
            if (late := due - loop.time()) > 0:
                await lasting(late)
            await self._sounds.wait()
            if not data:
                writer.close()
                return
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def relay_to(
    port: int,
    *,
    chance: random.Random | None = None,
    delay: float = 0.0,
    jitter: float = 0.0,
    bytes_a_second: float = 1e12,
) -> AsyncIterator[Relay]:
    """Relay to a port of this machine from another one."""
    relay = Relay(port, chance or random.Random(0), delay=delay, jitter=jitter, bytes_a_second=bytes_a_second)
    connections: set[asyncio.Task[None]] = set()
    async with asyncio.TaskGroup() as tasks:

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = tasks.create_task(relay.carry(reader, writer))
            connections.add(task)
            task.add_done_callback(connections.discard)

        listener = await asyncio.start_server(accept, "127.0.0.1", 0)
        relay.port = listener.sockets[0].getsockname()[1]
        try:
            yield relay
        finally:
            listener.close()
            for task in connections:
                task.cancel()


@dataclass(frozen=True, slots=True)
class Host:
    """A machine of its own, as far as the network is concerned."""

    name: str
    address: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """The command that runs another one there."""
        return ("ip", "netns", "exec", self.name)

    def call(self, do: Callable[[], Answer]) -> Answer:
        """Call something there: what it starts and what it connects stays there."""

        def there() -> Answer:
            with open(f"/run/netns/{self.name}", "rb") as namespace:  # noqa: PTH123
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            return do()

        with ThreadPoolExecutor(1) as thread:  # a thread of its own, that ends with its namespace
            return thread.submit(there).result()

    @asynccontextmanager
    async def connected(self, address: str, port: int, path: str) -> AsyncIterator[WebSocketClient]:
        """Open a WebSocket from there."""
        made = await asyncio.to_thread(self.call, lambda: socket.create_connection((address, port), timeout=5))
        made.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=made)
        client = WebSocketClient(reader, writer)
        try:
            headers = {"Host": f"{address}:{port}", "Upgrade": "websocket", "Connection": "Upgrade"}
            headers |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
            await client.handshake(path, headers)
            yield client
        finally:
            writer.transport.abort()


@dataclass(frozen=True, slots=True)
class Network:
    """Hosts with a router between them, which drops everything while it does not forward."""

    hosts: tuple[Host, ...]
    router: str

    def forward(self, forwards: bool) -> None:
        """Let packets pass, or drop them without a word."""
        _ip("netns", "exec", self.router, "sysctl", "-qw", f"net.ipv4.ip_forward={int(forwards)}")


@contextmanager
def network_of(*names: str) -> Iterator[Network]:
    """Make hosts that reach each other through a router; skip the test where this user or system cannot."""
    unique = f"ms{os.getpid()}"
    router = f"{unique}-router"
    hosts = tuple(Host(f"{unique}-{name}", f"10.213.{number}.2") for number, name in enumerate(names))
    try:
        _ip("netns", "add", router)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"network namespaces cannot be made here: {error}")
    try:
        for number, host in enumerate(hosts):
            _ip("netns", "add", host.name)
            _ip(
                "link",
                "add",
                f"to{number}",
                "netns",
                router,
                "type",
                "veth",
                "peer",
                "name",
                "wire",
                "netns",
                host.name,
            )
            _ip("-n", router, "addr", "add", f"10.213.{number}.1/24", "dev", f"to{number}")
            _ip("-n", router, "link", "set", f"to{number}", "up")
            _ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", "wire")
            _ip("-n", host.name, "link", "set", "wire", "up")
            _ip("-n", host.name, "link", "set", "lo", "up")
            _ip("-n", host.name, "route", "add", "default", "via", f"10.213.{number}.1")
        network = Network(hosts, router)
        network.forward(True)
        yield network
    finally:
        for name in (router, *(host.name for host in hosts)):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
