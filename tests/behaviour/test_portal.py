"""A portal's files reach the browser as it needs them, wherever the project is mounted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import ANY

import aiohttp
import pytest

from millstream.asgi.portal import portal_app
from millstream.asgi.routes import PrefixRouter
from tests.fixtures.auth_server import served

PAGE = '<!doctype html><html><head><base href="/" /><title>Portal</title></head><body></body></html>'


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "assets" / "script-1a2b.js").write_text("// " + "x" * 5000)
    (tmp_path / "sw.js").write_text("// keeps files")
    (tmp_path / "manifest.webmanifest").write_text('{"id": "./"}')
    empty = tmp_path / "empty"
    app = PrefixRouter(
        {
            "": portal_app(tmp_path, {"name": "root"}),
            "/shop": portal_app(tmp_path, {"name": "shop"}),
            "/bare": portal_app(empty, {"name": "bare"}),
        }
    )
    async with served(app) as address:
        yield address


async def get(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        return answer.status, await answer.text(), {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.parametrize("path", ["/", "/index.html", "/events/a-page-of-the-router"])
async def test_every_page_of_the_router_is_the_shell(url: str, path: str) -> None:
    status, text, headers = await get(url + path)
    assert (status, text) == (200, PAGE)
    assert headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in headers["content-security-policy"]


async def test_the_shell_knows_the_prefix_it_is_mounted_at(url: str) -> None:
    assert '<base href="/shop/" />' in (await get(f"{url}/shop/events/one"))[1]
    assert (await get(f"{url}/shop/config.json"))[1] == '{"name":"shop"}'


async def test_hashed_files_are_compressed_and_kept_for_ever(url: str) -> None:
    status, text, headers = await get(f"{url}/assets/script-1a2b.js")
    assert (status, len(text)) == (200, 5003)
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]


@pytest.mark.parametrize(
    ("file", "kind"), [("sw.js", "/javascript"), ("manifest.webmanifest", "application/manifest+json")]
)
async def test_what_makes_a_portal_installable_has_its_type_and_is_asked_for_again(
    url: str, file: str, kind: str
) -> None:
    status, _, headers = await get(f"{url}/shop/{file}")
    assert (status, headers["cache-control"]) == (200, "no-cache")
    assert headers["content-type"].partition(";")[0].endswith(kind)


@pytest.mark.parametrize("path", ["/assets/gone.js", "/../pyproject.toml", "/%2e%2e/%2e%2e/etc/passwd.txt"])
async def test_a_missing_file_is_not_found(url: str, path: str) -> None:
    assert (await get(url + path))[0] == 404


async def test_a_portal_that_is_not_built_says_how_to_build_it(url: str) -> None:
    status, text, _ = await get(f"{url}/bare/")
    assert status == 503
    assert "make web" in text
    assert await get(f"{url}/bare/config.json") == (200, '{"name":"bare"}', ANY)
