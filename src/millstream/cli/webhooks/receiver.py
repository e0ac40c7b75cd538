"""`millstream webhooks receiver`: a receiver to try webhooks with, that fails as it is told to.

It verifies signatures where it has a secret, recognises what comes twice, and prints a line for each request.
"""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

import typer
from aiohttp import web

from millstream.cli.console import messages, output
from millstream.cli.webhooks.operator import OptionsInvalid
from millstream.webhooks.signing.receiver import Receiver, Seen, WebhookRefused

_MOST_BYTES = 64 << 20


def receiver(
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 8099,
    answers: Annotated[str, typer.Option(help="Codes to answer with, in turn, the last one for ever.")] = "200",
    delay: Annotated[float, typer.Option(min=0, help="Seconds to wait before each answer.")] = 0.0,
    secret: Annotated[list[str] | None, typer.Option(help="whsec_ or whpk_ to verify with; none accepts all.")] = None,
) -> None:
    """Receive webhooks on this machine, and answer as you like."""
    codes = [int(code) for code in answers.split(",") if code.isdigit()]
    if not codes or len(codes) != len(answers.split(",")):
        raise OptionsInvalid("--answers is a list of codes, such as 500,500,200.")
    asyncio.run(_serve(port, _Script(codes, delay, Receiver(secret, time.time) if secret else None)))


class _Script:
    """What the receiver does."""

    def __init__(self, codes: list[int], delay: float, verifier: Receiver | None) -> None:
        self._codes = codes
        self._delay = delay
        self._verifier = verifier
        self._seen = Seen()
        self._number = 0

    async def take(self, request: web.Request) -> web.Response:
        """Answer one request."""
        body = await request.read()
        code, note = self._codes[min(self._number, len(self._codes) - 1)], ""
        self._number += 1
        if self._verifier is not None:
            try:
                self._verifier.open(request.headers, body)
                note = "signed"
            except WebhookRefused as error:
                code, note = 401, error.message
        identity = request.headers.get("webhook-id", "-")
        if code < 300 and not self._seen.first_time(identity):
            note += " again"
        await asyncio.sleep(self._delay)
        attempt, sequence = (request.headers.get(f"webhook-{name}", "-") for name in ("attempt", "sequence"))
        output().print(f"{code}  {identity}  attempt {attempt}  sequence {sequence}  {note}".rstrip())
        output().print(f"     {body.decode(errors='replace')}", markup=False)
        return web.Response(status=code)


async def _serve(port: int, script: _Script) -> None:
    app = web.Application(client_max_size=_MOST_BYTES)
    app.router.add_route("*", "/{path:.*}", script.take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        output().print(f"listening at http://127.0.0.1:{runner.addresses[0][1]}/")
        messages().print("Ctrl-C ends it.")
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
