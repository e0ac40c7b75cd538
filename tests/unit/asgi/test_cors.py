from __future__ import annotations

from typing import Any

import pytest

from millstream.asgi.cors import Cors

ORIGIN = (b"origin", b"https://shop.example")
ASKS = (b"access-control-request-method", b"POST")


async def inner(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-range", b"0-0/1")]})
    await send({"type": "http.response.body", "body": b"inner"})


async def answer(app: Cors, method: str, *headers: tuple[bytes, bytes]) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app({"type": "http", "method": method, "headers": list(headers)}, None, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


async def test_a_preflight_is_answered_without_the_application():
    status, headers, body = await answer(Cors(inner), "OPTIONS", ORIGIN, ASKS)
    assert (status, body) == (204, b"")
    assert headers[b"access-control-allow-origin"] == b"*"
    assert b"PATCH" in headers[b"access-control-allow-methods"]
    assert b"apikey" in headers[b"access-control-allow-headers"]


@pytest.mark.parametrize("headers", [(), (ORIGIN,), (ASKS,)])
async def test_an_ordinary_options_request_reaches_the_application(headers):
    assert (await answer(Cors(inner), "OPTIONS", *headers))[2] == b"inner"


async def test_an_answer_to_a_browser_keeps_its_headers_and_exposes_them():
    _, headers, body = await answer(Cors(inner), "GET", ORIGIN)
    assert (headers[b"content-range"], body) == (b"0-0/1", b"inner")
    assert b"content-range" in headers[b"access-control-expose-headers"]


async def test_who_is_no_browser_gets_no_extra_headers():
    assert set((await answer(Cors(inner), "GET"))[1]) == {b"content-range"}


async def test_credentials_are_never_allowed_and_a_foreign_origin_is_never_reflected():
    own = Cors(inner, ["https://shop.example"])
    for app, origin in ((Cors(inner), b"null"), (own, b"https://shop.example.evil"), (own, b"null")):
        for method, *more in (("GET",), ("OPTIONS", ASKS)):
            _, headers, _ = await answer(app, method, (b"origin", origin), *more)
            assert b"access-control-allow-credentials" not in headers
            assert headers.get(b"access-control-allow-origin") in {None, b"*"}


async def test_a_listed_origin_is_named_and_caches_are_told():
    _, headers, _ = await answer(Cors(inner, ["https://shop.example"]), "GET", ORIGIN)
    assert headers[b"access-control-allow-origin"] == b"https://shop.example"
    assert headers[b"vary"] == b"origin"
