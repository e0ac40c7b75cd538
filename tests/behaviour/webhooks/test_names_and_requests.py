"""Where one attempt goes and what it carries (attack groups 3, 5, 6, 9 and 10): the name, the address, the headers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from ipaddress import ip_address

import pytest

from millstream.webhooks.delivery.resolver import GuardedResolver, ThreadResolver
from millstream.webhooks.delivery.sender import open_sender
from millstream.webhooks.endpoints.address_guard import AddressGuard, AddressRefused
from millstream.webhooks.settings import WebhookSettings
from tests.fixtures.hostile_receiver import hostile_receiver, says
from tests.fixtures.refused_urls import URLS
from tests.fixtures.webhook_sending import NOW, Names, claim_of, endpoint_at, names

SETTINGS = WebhookSettings()
LOCAL = AddressGuard(allow_private=True)
PUBLIC, PRIVATE = "93.184.216.34", "10.0.0.1"
ACCEPTS = says(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")


@dataclass(frozen=True, slots=True)
class StageGuard(AddressGuard):
    """A guard for which 127.0.0.1 is the public internet and the rest of loopback the network behind it."""

    allow_private: bool = True

    def check_address(self, address: str) -> None:
        """Refuse what is not the stage."""
        if ip_address(address) != ip_address("127.0.0.1"):
            raise AddressRefused(f"{address} is behind the stage.")


@pytest.mark.parametrize("url", URLS, ids=range(len(URLS)))
async def test_a_url_that_is_refused_is_refused_at_delivery_too(url):
    async with open_sender(SETTINGS, AddressGuard(), "test", resolver=names([PUBLIC])) as sender:
        outcome = await sender.send(endpoint_at(url), claim_of(), NOW)
        assert (outcome.is_success, outcome.error, outcome.http_status) == (False, "address_refused", None)


@pytest.mark.parametrize(
    "answers",
    [[PUBLIC, PRIVATE], [PRIVATE], ["::1", PUBLIC], [PUBLIC, "::ffff:10.0.0.1"], [PUBLIC] * 1000 + [PRIVATE]],
    ids=["one-of-two", "alone", "by-ipv6", "mapped", "last-of-1001"],
)  # fmt: skip
async def test_a_name_with_any_private_address_is_refused_and_the_address_is_not_told(answers):
    """Also what an alias ends at: the addresses count, whatever names lead to them."""
    async with open_sender(SETTINGS, AddressGuard(), "test", resolver=names(answers)) as sender:
        outcome = await sender.send(endpoint_at("https://hooks.example.org/"), claim_of(), NOW)
    assert outcome.error == "address_refused"
    assert outcome.detail == "The name hooks.example.org has an address that is not on the public internet."


async def test_a_name_that_changes_its_answer_is_refused_when_it_is_dialled_again():
    resolver = names(["127.0.0.1"], ["127.0.0.2"])
    async with (
        hostile_receiver({"hook": ACCEPTS}, host="0.0.0.0") as receiver,
        open_sender(SETTINGS, StageGuard(), "test", resolver=resolver) as sender,
    ):
        endpoint = endpoint_at(receiver.url("hook", host="hooks.example.org"))
        assert (await sender.send(endpoint, claim_of(), NOW)).is_success
        assert (await sender.send(endpoint, claim_of(), NOW)).is_success  # by the address that was checked
        sender.session.connector.clear_dns_cache()
        assert (await sender.send(endpoint, claim_of(), NOW)).error == "address_refused"
        assert (len(receiver.heads), resolver.asked) == (2, ["hooks.example.org"] * 2)


async def test_the_dial_itself_refuses_an_address_that_no_name_led_to():
    async with (
        hostile_receiver({"hook": ACCEPTS}, host="127.0.0.2") as receiver,
        open_sender(SETTINGS, StageGuard(), "test") as sender,
    ):
        outcome = await sender.send(endpoint_at(receiver.url("hook", host="127.0.0.2")), claim_of(), NOW)
        assert (outcome.error, receiver.heads) == ("address_refused", [])


async def test_a_thousand_answers_are_checked_and_few_are_kept():
    resolver = GuardedResolver(AddressGuard(), names([f"93.184.{n // 256}.{n % 256}" for n in range(1000)]))
    assert len(await resolver.resolve("hooks.example.org")) == 64


async def test_a_name_server_that_never_answers_costs_its_endpoint_the_timeout_and_others_nothing():
    async def answer(host: str) -> list[str]:
        if host == "silent.example.org":
            await asyncio.Event().wait()
        return ["127.0.0.1"]

    async with (
        hostile_receiver({"hook": ACCEPTS}) as receiver,
        open_sender(SETTINGS, LOCAL, "test", resolver=Names(answer)) as sender,
        asyncio.TaskGroup() as tasks,
    ):
        silent = endpoint_at(receiver.url("hook", host="silent.example.org"), timeout_seconds=2)
        waiting = [tasks.create_task(sender.send(silent, claim_of(), NOW)) for _ in range(20)]
        other = endpoint_at(receiver.url("hook", host="hooks.example.org"))
        assert (await sender.send(other, claim_of(), NOW)).is_success
        assert not any(task.done() for task in waiting)
        assert {(await task).error for task in waiting} == {"timeout"}


async def test_a_name_that_is_not_there_is_a_failure_with_a_word():
    async def answer(_: str) -> list[str]:
        raise OSError("no such name")

    async with open_sender(SETTINGS, LOCAL, "test", resolver=Names(answer)) as sender:
        assert (await sender.send(endpoint_at("https://hooks.example.org/"), claim_of(), NOW)).error == "dns"


async def test_the_system_is_asked_for_names_on_threads_of_our_own():
    resolver = ThreadResolver()
    found = await resolver.resolve("localhost", 80)
    assert {answer["host"] for answer in found} <= {"127.0.0.1", "::1"}
    assert all(answer["port"] == 80 for answer in found)
    await resolver.close()


async def test_proxies_of_the_environment_are_ignored(monkeypatch):
    async with hostile_receiver({"hook": ACCEPTS}) as receiver, hostile_receiver({}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url(""))
        async with open_sender(SETTINGS, LOCAL, "test") as sender:
            assert (await sender.send(endpoint_at(receiver.url("hook")), claim_of(), NOW)).is_success
        assert (len(receiver.heads), proxy.heads) == (1, [])


async def test_what_an_event_says_never_becomes_a_header_of_its_own():
    async with hostile_receiver({"hook": ACCEPTS}) as receiver, open_sender(SETTINGS, LOCAL, "test") as sender:
        claim = claim_of(key='things:["a\r\nX-Injected: 1\r\n\r\n"]' + "x" * 1000)
        assert (await sender.send(endpoint_at(receiver.url("hook")), claim, NOW)).is_success
        [head] = receiver.heads
        assert "x-injected" not in [line.partition(":")[0].lower() for line in head.splitlines()]


async def test_headers_of_an_owner_never_replace_ours_and_are_hidden_in_the_log():
    async with hostile_receiver({"hook": ACCEPTS}) as receiver, open_sender(SETTINGS, LOCAL, "test") as sender:
        endpoint = endpoint_at(receiver.url("hook"), headers={"content-type": "text/html", "X-Key": "owner's key"})
        outcome = await sender.send(endpoint, claim_of(), NOW)
        [head] = receiver.heads
        assert "application/json" in head
        assert "text/html" not in head
        assert "X-Key: owner's key" in head
        assert outcome.request_headers["X-Key"] == outcome.request_headers["webhook-signature"] == "(hidden)"


async def test_headers_that_would_be_two_are_not_sent_even_if_they_were_stored():
    async with hostile_receiver({"hook": ACCEPTS}) as receiver, open_sender(SETTINGS, LOCAL, "test") as sender:
        endpoint = endpoint_at(receiver.url("hook"), headers={"X-A": "secret value\r\nX-B: b"})
        outcome = await sender.send(endpoint, claim_of(), NOW)
        assert (outcome.is_success, receiver.heads) == (False, [])
        assert "secret value" not in str(outcome)


async def test_what_cannot_be_sent_at_all_is_a_failure_and_no_error_of_the_worker():
    async with open_sender(SETTINGS, LOCAL, "test") as sender:
        outcome = await sender.send(endpoint_at("http://127.0.0.1/", preset="unknown"), claim_of(), NOW)
        assert outcome.error == "unexpected"
