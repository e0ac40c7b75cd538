"""`millstream webhooks listen`: relay events to a port of this machine while the command runs.

It makes an endpoint of its own that servers leave alone, delivers to it from here, and removes it at the end.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated
from uuid import UUID

import typer

from millstream.cli.console import messages, output
from millstream.cli.webhooks.operator import OPERATOR, administer, checked
from millstream.observe import Observation
from millstream.webhooks.administration import endpoints as administration
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.models import NewEndpoint
from millstream.webhooks.delivery.sender import open_sender
from millstream.webhooks.delivery.worker import Worker
from millstream.webhooks.endpoints.address_guard import AddressGuard
from millstream.webhooks.endpoints.directory import EndpointDirectory
from millstream.webhooks.endpoints.endpoint import Endpoint, EndpointState
from millstream.webhooks.observations import WebhookAttempted


def listen(
    url: Annotated[str, typer.Argument(help="Where to relay to, such as http://localhost:3000/hook.")],
    *,
    events: Annotated[
        list[str] | None, typer.Option("--events", help="Types, such as booking.*; all by default.")
    ] = None,
) -> None:
    """Relay events to this machine until Ctrl-C."""
    wanted = checked(
        lambda: NewEndpoint(
            url=url, event_types=events or ["*"], retry=[1, 2, 4], description="millstream webhooks listen"
        )
    )
    administer(lambda admin: _relay(admin, wanted))


async def _relay(admin: Administration, wanted: NewEndpoint) -> None:
    admin.guard = AddressGuard(allow_private=True)
    made = await administration.create_endpoint(admin, OPERATOR, wanted, state=EndpointState.PAUSED)
    endpoint_id = made.endpoint.id
    try:
        output().print(f"relaying to {wanted.url}")
        output().print(f"secret {made.secrets[0].secret}")
        await _deliver(admin, endpoint_id)
    finally:
        await administration.delete_endpoint(admin, OPERATOR, endpoint_id)
        messages().print("The endpoint was removed.")


async def _deliver(admin: Administration, endpoint_id: UUID) -> None:
    settings = replace(admin.settings, poll_seconds=0.2)
    directory = EndpointDirectory(admin.sealer, asyncio.get_running_loop().time, _show)

    def serves(endpoint: Endpoint) -> bool:
        return endpoint.id == endpoint_id

    async with open_sender(settings, admin.guard, "listen") as sender:
        await Worker(admin.pool, directory, sender, settings, _show, serves=serves).run()


def _show(observation: Observation) -> None:
    if isinstance(observation, WebhookAttempted):
        answer = observation.http_status or "-"
        output().print(
            f"{answer}  {observation.event_type}  attempt {observation.attempt}  {observation.seconds:.3f} s"
        )
