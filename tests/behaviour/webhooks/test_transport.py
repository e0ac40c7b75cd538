"""Receivers behind a proxy, with certificates of their own or asking for ours, or for a token: and what guards them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from millstream.webhooks.delivery.sender import open_sender
from millstream.webhooks.endpoints.address_guard import AddressGuard
from millstream.webhooks.endpoints.transport import Transport
from millstream.webhooks.settings import WebhookSettings
from tests.fixtures.connect_proxy import connect_proxy
from tests.fixtures.hostile_receiver import CertificateAuthority, HostileReceiver, hostile_receiver, says
from tests.fixtures.server import project_settings
from tests.fixtures.webhook_operator import OWN_KEYS, PRIVATE, served
from tests.fixtures.webhook_sending import NOW, claim_of, endpoint_at, names

SETTINGS = WebhookSettings()
LOCAL = AddressGuard(allow_private=True)
HOST = "hooks.example"
OAUTH = {"token_url": "https://example.org/token", "client_id": "us", "client_secret": "hidden"}
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


async def send(url: str, guard: AddressGuard = LOCAL, *, addresses: list[str] | None = None, times: int = 1, **values):
    """Make attempts with one sender; return the last outcome."""
    resolver = names(addresses or ["127.0.0.1"])
    async with open_sender(SETTINGS, guard, "test", resolver=resolver) as sender:
        for _ in range(times):
            outcome = await sender.send(endpoint_at(url, timeout_seconds=10, **values), claim_of(), NOW)
    return outcome


def secured(receiver: HostileReceiver) -> str:
    return receiver.url("hook", host=HOST, scheme="https")


async def test_an_authority_of_the_endpoints_own_is_trusted_there_and_nowhere_else(tmp_path):
    authority = CertificateAuthority(tmp_path)
    async with hostile_receiver({"hook": says(OK)}, tls=authority.serving(HOST)) as receiver:
        assert (await send(secured(receiver), transport=Transport(ca_certificates=authority.text))).is_success
        assert (await send(secured(receiver))).error == "tls"
        other = CertificateAuthority(tmp_path).text
        assert (await send(secured(receiver), transport=Transport(ca_certificates=other))).error == "tls"


async def test_a_receiver_that_asks_for_a_certificate_gets_the_endpoints(tmp_path):
    authority = CertificateAuthority(tmp_path)
    certificate, key = authority.certificate("millstream.example")
    tls = authority.serving(HOST, asks_for_certificates=True)
    async with hostile_receiver({"hook": says(OK)}, tls=tls) as receiver:
        trusting = Transport(ca_certificates=authority.text)
        assert not (await send(secured(receiver), transport=trusting)).is_success
        shown = Transport(ca_certificates=authority.text, client_certificate=certificate, client_key=key)
        assert (await send(secured(receiver), transport=shown)).is_success
        assert len(receiver.heads) == 1


async def test_a_proxy_leads_to_the_receiver_with_its_own_password(tmp_path):
    authority = CertificateAuthority(tmp_path)
    async with (
        hostile_receiver({"hook": says(OK)}, tls=authority.serving(HOST)) as receiver,
        connect_proxy(receiver.port) as proxy,
    ):
        by = {"url": proxy.url, "username": "us", "password": "a secret of proxies"}
        transport = Transport.of({"proxy": by, "ca_certificates": authority.text})
        outcome = await send(secured(receiver), transport=transport)
        assert outcome.is_success, outcome.detail
        assert "proxy" not in "".join(receiver.heads).lower()
    [head] = proxy.heads
    assert head.startswith(f"CONNECT {HOST}:{receiver.port} ")
    assert "proxy-authorization: basic" in head.lower()
    assert "a secret of proxies" not in str(outcome)


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 407 No\r\n\r\n", b"HTTP/1.1 502 Bad\r\n\r\n", b""], ids=["407", "502", "gone"]
)
async def test_a_fault_of_the_proxy_is_told_and_none_of_the_endpoints(answer):
    async with connect_proxy(0, refuses=answer or b"x") as proxy:
        url = proxy.url
        if answer:
            outcome = await send("https://hooks.example/hook", transport=Transport.of({"proxy": {"url": url}}))
    if not answer:
        outcome = await send("https://hooks.example/hook", transport=Transport.of({"proxy": {"url": url}}))
    assert (outcome.error, outcome.says_nothing_of_endpoint) == ("proxy", True), outcome.detail


@pytest.mark.parametrize(
    ("url", "addresses"),
    [("https://127.0.0.1/hook", ["93.184.216.34"]), ("https://inside.example/hook", ["10.0.0.1"])],
    ids=["number", "name"],
)
async def test_the_guard_stays_on_behind_a_proxy(url, addresses):
    transport = Transport.of({"proxy": {"url": "http://93.184.216.34:3128"}})
    outcome = await send(url, AddressGuard(), addresses=addresses, transport=transport)
    assert outcome.error == "address_refused"


async def test_a_proxy_and_a_server_of_tokens_are_guarded_themselves():
    async with connect_proxy(0) as proxy, hostile_receiver({"token": says(OK)}) as tokens:
        for transport in (
            {"proxy": {"url": proxy.url}},
            {"oauth": {"token_url": tokens.url("token"), "client_id": "us", "client_secret": "hidden"}},
            {"oauth": {"token_url": "https://inside.example/", "client_id": "us", "client_secret": "hidden"}},
        ):
            outcome = await send("https://93.184.216.34/hook", AddressGuard(), transport=Transport.of(transport))
            assert outcome.error == "address_refused", transport
        assert (proxy.heads, tokens.heads) == ([], [])


class TokenServer:
    """Gives token-1, token-2 …; the hook takes those that are `good`."""

    def __init__(self, *good: str, seconds: int = 3600) -> None:
        self.good, self.given, self.seconds = good, 0, seconds

    async def token(self, _, writer) -> None:
        self.given += 1
        body = b'{"access_token": "token-%d", "token_type": "Bearer", "expires_in": %d}' % (self.given, self.seconds)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()

    def hook(self, receiver: HostileReceiver):
        async def script(_, writer) -> None:
            token = receiver.heads[-1].lower().partition("bearer ")[2].partition("\r\n")[0]
            status = b"200 OK" if token in self.good else b"401 Unauthorized"
            writer.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\n\r\n" + token.encode())
            await writer.drain()

        return script


def by_token(receiver: HostileReceiver) -> Transport:
    oauth = {"token_url": receiver.url("token"), "client_id": "us", "client_secret": "hidden one", "scope": "send"}
    return Transport.of({"oauth": oauth})


@pytest.mark.parametrize(
    ("tokens", "times", "given"),
    [(TokenServer("token-1"), 3, 1), (TokenServer("token-2"), 2, 2), (TokenServer("token-3", seconds=1), 2, 3)],
    ids=["kept", "refreshed-on-401", "ended"],
)
async def test_a_token_is_kept_until_it_ends_or_is_refused(tokens, times, given):
    scripts: dict[str, Any] = {"token": tokens.token}
    async with hostile_receiver(scripts) as receiver:
        scripts["hook"] = tokens.hook(receiver)
        outcome = await send(receiver.url("hook"), transport=by_token(receiver), times=times)
    assert outcome.is_success
    assert tokens.given == given
    assert "authorization: basic" in receiver.heads[0].lower()
    shown = str(outcome)
    assert "hidden one" not in shown
    assert "token-" not in shown.replace(receiver.url("token"), ""), "a receiver may repeat the token"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]",
        b'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"access_token": "a\\r\\nb: c", "token_type": "bearer"}',
        b'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"access_token": "abc", "token_type": "mac"}',
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + b"[" * (1 << 20),
    ],
    ids=["refused", "redirect", "no-object", "header-injection", "another-type", "too-long"],
)
async def test_a_server_that_gives_no_token_is_a_failure_with_a_word(answer):
    async with hostile_receiver({"token": says(answer), "hook": says(OK)}) as receiver:
        outcome = await send(receiver.url("hook"), transport=by_token(receiver))
    assert outcome.error == "token", outcome.detail
    assert len(receiver.heads) == 1


async def test_over_http_a_transport_is_sealed_shown_without_secrets_and_taken_away(database, tmp_path):
    certificate, key = CertificateAuthority(tmp_path).certificate("millstream.example")
    transport = {
        "proxy": {"url": "http://127.0.0.1:3128", "username": "us", "password": "secret-1"},
        "oauth": {"token_url": "http://127.0.0.1:1/token", "client_id": "us", "client_secret": "secret-2"},
        "client_certificate": certificate,
        "client_key": key,
    }
    shown = {
        "proxy": {"url": "http://127.0.0.1:3128", "username": "us"},
        "oauth": {"token_url": "http://127.0.0.1:1/token", "client_id": "us", "scope": None, "audience": None},
        "ca_certificates": 0,
        "client_certificate": True,
    }
    async with served(database, project_settings(database, webhooks=PRIVATE)) as (_, operator):
        wanted = {"url": "http://127.0.0.1:1/hook", "transport": transport}
        made = await operator.call("POST", "/endpoints", wanted, status=201)
        assert made["endpoint"]["transport"] == shown
        with psycopg.connect(database.admin_url) as connection:
            stored = connection.execute("select * from webhooks.endpoints").fetchall()
        assert not any(secret in str(stored) for secret in ("secret-1", "secret-2", key.splitlines()[1]))
        path = f"/endpoints/{made['endpoint']['id']}"
        assert (await operator.call("PATCH", path, {"description": "same"}))["transport"] == shown
        assert (await operator.call("PATCH", path, {"transport": None}))["transport"]["proxy"] is None


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"proxy": {"url": "http://10.0.0.1:3128"}}, "webhook_address_refused"),
    ({"proxy": {"url": "socks5://proxy.example.org:1080"}}, "webhook_address_refused"),
    ({"proxy": {"url": "http://us:secret@proxy.example.org"}}, "webhook_address_refused"),
    ({"oauth": {**OAUTH, "token_url": "https://169.254.169.254/"}}, "webhook_address_refused"),
    ({"ca_certificates": "-----BEGIN CERTIFICATE-----\nx"}, "webhook_certificate_invalid"),
    ({"client_certificate": "-----BEGIN CERTIFICATE-----"}, "webhook_request_invalid"),
    ({"carrier": "pigeon"}, "webhook_request_invalid"),
]


async def test_a_transport_that_cannot_be_is_refused_with_a_code(database):
    settings = project_settings(database, webhooks=WebhookSettings(), auth=OWN_KEYS)
    async with served(database, settings) as (_, operator):
        for transport, code in IMPOSSIBLE:
            wanted = {"url": "https://example.org", "transport": transport}
            assert (await operator.call("POST", "/endpoints", wanted, status=422))["code"] == code, transport
