"""A request is answered by the application with the longest prefix of whole segments."""

from __future__ import annotations

import pytest

from millstream.asgi.routes import PrefixRouter

PREFIXES = ("", "/auth/v1", "/auth/v1/dev", "/rest/v1", "/shop/rest/v1", "/health", "/rest/v")


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("/", ""),
        ("/rest/v1", "/rest/v1"),
        ("/rest/v1/", "/rest/v1"),
        ("/rest/v1/rooms/x", "/rest/v1"),
        ("/rest/v1x/", ""),
        ("/rest/v", "/rest/v"),
        ("/rest/v/1", "/rest/v"),
        ("/auth/v1/token", "/auth/v1"),
        ("/auth/v1/dev", "/auth/v1/dev"),
        ("/auth/v1/dev/mails", "/auth/v1/dev"),
        ("/shop/rest/v1/rooms", "/shop/rest/v1"),
        ("/health", "/health"),
        ("/healthy", ""),
        ("//rest/v1/rooms", ""),
    ],
)
async def test_the_longest_prefix_answers(path: str, prefix: str) -> None:
    answered: list[tuple[str, str]] = []

    def application(name: str):
        async def answer(scope, receive, send):
            answered.append((name, scope["root_path"]))

        return answer

    router = PrefixRouter({name: application(name) for name in PREFIXES})
    await router({"type": "http", "path": path}, None, None)
    assert answered == [(prefix, prefix)]
