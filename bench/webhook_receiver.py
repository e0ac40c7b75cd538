"""The receivers of the webhook benchmark, in a process of their own: every request is answered after so many ms.

Usage: python -m bench.webhook_receiver DELAY_MS. Prints its port. A bare asyncio protocol, so that it takes little
from the process that is measured.
"""

from __future__ import annotations

import asyncio
import sys

import httptools
import uvloop

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


class Receiver(asyncio.Protocol):
    """One connection: answers each request after the delay."""

    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        if Receiver.delay:
            asyncio.get_running_loop().call_later(Receiver.delay, self.answer, OK)
        else:
            self.answer(OK)

    def answer(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)  # type: ignore[attr-defined]


async def main() -> None:
    Receiver.delay = float(sys.argv[1]) / 1000
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0, backlog=2000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
