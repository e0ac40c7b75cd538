"""Receivers that answer what none should (attack groups 4 and 7): each is an outcome with a word, in bounded memory."""

from __future__ import annotations

import gzip
import resource
import time

import pytest

from millstream.webhooks.delivery.sender import open_sender
from millstream.webhooks.endpoints.address_guard import AddressGuard
from millstream.webhooks.settings import WebhookSettings
from tests.fixtures.hostile_receiver import CertificateAuthority, drips, hangs, hostile_receiver, repeats, says
from tests.fixtures.webhook_sending import NOW, claim_of, endpoint_at, names

SETTINGS = WebhookSettings(allow_private_addresses=True, response_bytes=100)
GUARD = AddressGuard(allow_private=True)
OK = b"HTTP/1.1 200 OK\r\n"
MEGABYTE = b"x" * (1 << 20)


async def outcome_of(script, **endpoint):
    async with hostile_receiver({"hook": script}) as receiver, open_sender(SETTINGS, GUARD, "test") as sender:
        return await sender.send(endpoint_at(receiver.url("hook"), **endpoint), claim_of(), NOW)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_its_target_is_logged(status):
    scripts = {
        "hook": says(b"HTTP/1.1 %d Moved\r\nlocation: http://127.0.0.1/inside\r\ncontent-length: 0\r\n\r\n" % status),
    }
    async with hostile_receiver(scripts) as receiver, open_sender(SETTINGS, GUARD, "test") as sender:
        outcome = await sender.send(endpoint_at(receiver.url("hook")), claim_of(), NOW)
        assert (outcome.is_success, outcome.http_status, outcome.reason) == (False, status, f"http_{status}")
        assert outcome.response_headers["Location"] == "http://127.0.0.1/inside"
        assert len(receiver.heads) == 1


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (OK + b"x: " + b"y" * (1 << 20) + b"\r\n\r\n", "invalid_response"),
        (OK + b"x: y\r\n" * 100_000 + b"\r\n", "invalid_response"),
        (OK + b"transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", "invalid_response"),
        (OK + b"transfer-encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n", "invalid_response"),
        (OK + b"transfer-encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n", "invalid_response"),
        (OK + b"content-length: 10\r\n\r\nhalf", "invalid_response"),
        (OK + b"content-length: -1\r\n\r\n", "invalid_response"),
        (OK + b"content-length: 1\r\ncontent-length: 2\r\n\r\nab", "invalid_response"),
        (b"HTTP/9.9 two hundred\r\n\r\n", "invalid_response"),
        (b"HTTP/1.1 99999 OK\r\n\r\n", "invalid_response"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "invalid_response"),
        (b"\x00\xff" * 1000, "invalid_response"),
        (b"", "connection_lost"),
        (b"HTTP/1.1 200", "connection_lost"),
    ],
    ids=["long-header", "many-headers", "chunk-of-no-size", "chunk-of-any-size", "chunk-below-zero", "cut-short",
         "length-below-zero", "two-lengths", "odd-version", "odd-status", "other-protocol", "noise", "nothing",
         "half-a-line"],
)  # fmt: skip
async def test_an_answer_that_is_no_http_is_a_failure_with_a_word(answer, word):
    outcome = await outcome_of(says(answer), timeout_seconds=20)
    assert (outcome.is_success, outcome.error) == (False, word)
    assert len(outcome.detail) <= 500


@pytest.mark.parametrize(
    "first",
    [OK + b"content-length: 10000000000\r\n\r\n", OK + b"transfer-encoding: chunked\r\n\r\n100000\r\n", OK + b"\r\n"],
    ids=["ten-gigabytes", "one-chunk", "until-the-end"],
)
async def test_an_answer_without_end_is_given_up_after_a_megabyte(first):
    again = MEGABYTE + b"\r\n100000\r\n" if b"chunked" in first else MEGABYTE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = await outcome_of(repeats(first, again))
    assert (outcome.is_success, outcome.error, outcome.http_status) == (False, "answer_too_long", 200)
    assert len(outcome.response_body) == 100
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # kilobytes


@pytest.mark.parametrize(
    "script",
    [
        hangs,
        drips,
        repeats(OK, b"a: b\r\n" * 10),
        repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        repeats(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
        says(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
    ],
    ids=["hangs", "drips", "headers-without-end", "continues", "early-hints", "switches"],
)
async def test_whoever_never_comes_to_an_end_is_given_up_in_time(script):
    begun = time.monotonic()
    outcome = await outcome_of(script, timeout_seconds=0.5)
    assert not outcome.is_success
    assert outcome.reason in {"timeout", "invalid_response", "http_101"}
    assert time.monotonic() - begun < 20


async def test_a_compressed_answer_is_not_unpacked():
    bomb = gzip.compress(b"\0" * (50 << 20))
    answer = OK + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(bomb) + bomb
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = await outcome_of(says(answer))
    assert (outcome.http_status, outcome.error) == (200, None)
    assert len(outcome.response_body) <= 100
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 << 10


async def test_an_answer_before_the_body_was_sent_is_the_answer():
    large = '{"type":"thing.made","data":"' + "x" * (4 << 20) + '"}'
    refuses = says(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    async with hostile_receiver({"hook": refuses}) as receiver, open_sender(SETTINGS, GUARD, "test") as sender:
        outcome = await sender.send(endpoint_at(receiver.url("hook")), claim_of(large), NOW)
    # The connection may be reset before the answer is read: either way it is a failure that is tried again.
    assert outcome.reason in {"http_413", "connection_lost", "invalid_response"}, outcome.detail


async def test_what_is_shown_of_an_answer_is_text_and_holds_no_secret_of_ours():
    headers = b"x-odd: \xff\xfe\x1b[2Jend\r\nset-cookie: a=b\r\nx-echo: owner's key\r\n"
    body = b"\x1b[31m\x00 owner's key \xe2\x80\xae\xc2\x9b\xff"
    answer = OK + headers + b"content-length: %d\r\n\r\n" % len(body) + body
    outcome = await outcome_of(says(answer), headers={"X-Key": "owner's key"})
    assert outcome.is_success or outcome.error == "invalid_response"
    shown = str(outcome)
    assert "owner's key" not in shown
    assert not any(one in shown for one in ("\x1b", "\x00", "\u202e", "\x9b", "\udcff"))
    shown.encode()


@pytest.mark.parametrize("value", [b"Mon, 01 Jan 99999999999999999999 00:00:00 GMT", b"\xff", b"-1", b"9" * 500])
async def test_a_retry_after_that_makes_no_sense_changes_no_answer(value):
    outcome = await outcome_of(says(OK + b"retry-after: " + value + b"\r\ncontent-length: 0\r\n\r\n"))
    assert outcome.is_success


@pytest.mark.parametrize(
    ("made_for", "days", "self_signed"),
    [("hooks.example", -1, False), ("hooks.example", 30, True), ("other.example", 30, False)],
    ids=["expired", "self-signed", "of-another-host"],
)
async def test_a_certificate_that_does_not_prove_the_host_gets_nothing(tmp_path, made_for, days, self_signed):
    authority = CertificateAuthority(tmp_path)
    tls = authority.serving(made_for, days=days, self_signed=self_signed)
    async with (
        hostile_receiver({"hook": says(OK + b"\r\n")}, tls=tls) as receiver,
        open_sender(SETTINGS, GUARD, "test", resolver=names(["127.0.0.1"]), tls=authority.trusting()) as sender,
    ):
        url = receiver.url("hook", host="hooks.example", scheme="https")
        outcome = await sender.send(endpoint_at(url), claim_of(), NOW)
        assert (outcome.error, outcome.http_status, receiver.heads) == ("tls", None, [])


async def test_a_certificate_of_the_host_is_accepted(tmp_path):
    authority = CertificateAuthority(tmp_path)
    async with (
        hostile_receiver(
            {"hook": says(OK + b"content-length: 0\r\n\r\n")}, tls=authority.serving("hooks.example")
        ) as receiver,
        open_sender(SETTINGS, GUARD, "test", resolver=names(["127.0.0.1"]), tls=authority.trusting()) as sender,
    ):
        url = receiver.url("hook", host="hooks.example", scheme="https")
        assert (await sender.send(endpoint_at(url), claim_of(), NOW)).is_success
    async with (
        hostile_receiver({"hook": says(OK)}, tls=authority.serving("hooks.example")) as receiver,
        open_sender(SETTINGS, GUARD, "test", resolver=names(["127.0.0.1"])) as sender,
    ):
        url = receiver.url("hook", host="hooks.example", scheme="https")
        assert (await sender.send(endpoint_at(url), claim_of(), NOW)).error == "tls"


async def test_whoever_speaks_no_tls_is_a_failure_with_a_word():
    async with (
        hostile_receiver({"hook": says(OK)}) as receiver,
        open_sender(SETTINGS, GUARD, "test", resolver=names(["127.0.0.1"])) as sender,
    ):
        url = receiver.url("hook", host="hooks.example", scheme="https")
        outcome = await sender.send(endpoint_at(url, timeout_seconds=5), claim_of(), NOW)
        assert outcome.error in {"tls", "connection_lost", "timeout"}
