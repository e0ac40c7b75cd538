"""One request after the other over a connection that is kept: bodies of any size arrive whole, with their own head."""

from __future__ import annotations

import asyncio
import hashlib

from millstream.webhooks.delivery.sender import open_sender
from millstream.webhooks.endpoints.address_guard import AddressGuard
from millstream.webhooks.settings import WebhookSettings
from tests.fixtures.hostile_receiver import hostile_receiver
from tests.fixtures.webhook_receiver import statuses, webhook_receiver
from tests.fixtures.webhook_sending import NOW, claim_of, endpoint_at

SETTINGS = WebhookSettings()
LOCAL = AddressGuard(allow_private=True)
# The first three go out with their head, the others piece by piece: around the sizes at which that changes.
SIZES = [0, 2, (1 << 16), (1 << 16) + 1, (1 << 20) - 1, 1 << 20, 3 << 20]


async def test_bodies_of_every_size_arrive_as_they_were_signed():
    async with webhook_receiver() as receiver, open_sender(SETTINGS, LOCAL, "test") as sender:
        endpoint = endpoint_at(receiver.url)
        for size in [*SIZES, *reversed(SIZES)]:
            outcome = await sender.send(endpoint, claim_of("x" * size), NOW)
            assert (outcome.http_status, outcome.error) == (200, None), size
        came = [(len(one.body), one.headers.get("content-length")) for one in receiver.received]
        assert came == [(size, str(size)) for size in [*SIZES, *reversed(SIZES)]]
        assert {hashlib.sha256(one.body.strip(b"x")).digest() for one in receiver.received} == {
            hashlib.sha256().digest()
        }


async def test_a_connection_is_kept_for_the_next_request_and_one_that_was_closed_is_not():
    heads: list[str] = []

    async def answer_twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for kept in ("keep-alive", "close"):
            length = int(receiver.heads[-1].lower().partition("content-length: ")[2].partition("\r\n")[0])
            await reader.readexactly(length)
            writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: {kept}\r\n\r\nok".encode())
            if kept == "keep-alive":
                heads.append((await reader.readuntil(b"\r\n\r\n")).decode())

    async with hostile_receiver({"hook": answer_twice}) as receiver, open_sender(SETTINGS, LOCAL, "test") as sender:
        endpoint = endpoint_at(receiver.url("hook"))
        outcomes = [await sender.send(endpoint, claim_of(), NOW) for _ in range(4)]
    assert [(one.http_status, one.response_body) for one in outcomes] == [(200, "ok")] * 4
    assert [one.timing.connect_ms is not None for one in outcomes] == [True, False, True, False]
    assert [head.partition("\r\n")[0] for head in heads] == ["POST /hook HTTP/1.1"] * 2
    assert len(receiver.heads) == 2


async def test_a_redirect_is_an_answer_as_any_other_and_its_connection_is_kept():
    async with (
        webhook_receiver(statuses(307, 200, headers={"location": "/elsewhere"})) as receiver,
        open_sender(SETTINGS, LOCAL, "test") as sender,
    ):
        endpoint = endpoint_at(receiver.url)
        outcomes = [await sender.send(endpoint, claim_of(), NOW) for _ in range(2)]
        assert [one.http_status for one in outcomes] == [307, 200]
        assert outcomes[1].timing.connect_ms is None
        assert {one.path for one in receiver.received} == {"/hook"}
