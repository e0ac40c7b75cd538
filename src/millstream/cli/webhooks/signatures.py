"""`millstream webhooks sign`, `verify`: make and check a signature by hand, to see where a receiver goes wrong."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from millstream.cli.console import output
from millstream.webhooks.signing.receiver import Receiver
from millstream.webhooks.signing.secrets import parse_secret
from millstream.webhooks.signing.signatures import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from millstream.webhooks.signing.signatures import sign as sign_body

Body = Annotated[Path, typer.Argument(help="File with the body, byte for byte.", exists=True, dir_okay=False)]


def sign(
    body: Body,
    *,
    secret: Annotated[str, typer.Option(help="whsec_ or whsk_.")],
    message_id: Annotated[str, typer.Option("--id", help="Id of the message.")] = "msg_test",
    timestamp: Annotated[int | None, typer.Option(help="Unix seconds; now by default.")] = None,
) -> None:
    """Print the headers of a signed request."""
    stamp = int(time.time()) if timestamp is None else timestamp
    headers = sign_body([parse_secret(secret)], message_id=message_id, timestamp=stamp, body=body.read_bytes())
    for name, value in headers.items():
        output().print(f"{name}: {value}")


def verify(
    body: Body,
    *,
    secret: Annotated[str, typer.Option(help="whsec_ or whpk_.")],
    message_id: Annotated[str, typer.Option("--id", help="Value of webhook-id.")],
    timestamp: Annotated[int, typer.Option(help="Value of webhook-timestamp.")],
    signature: Annotated[str, typer.Option(help="Value of webhook-signature.")],
    any_time: Annotated[bool, typer.Option(help="Do not ask how old it is.")] = False,
) -> None:
    """Say whether a request was signed with a secret, just now."""
    receiver = Receiver([secret], (lambda: float(timestamp)) if any_time else time.time)
    headers = {ID_HEADER: message_id, TIMESTAMP_HEADER: str(timestamp), SIGNATURE_HEADER: signature}
    receiver.open(headers, body.read_bytes())
    output().print("valid")
