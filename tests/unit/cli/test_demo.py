"""Where the demo says that its admin view is."""

from __future__ import annotations

from millstream.auth.settings import DEVELOPMENT_SECRET_KEY, AuthSettings
from millstream.cli.portals import admin_url

URL = "http://127.0.0.1:54399/shop"


def test_the_key_that_everybody_knows_stands_where_no_server_sees_it() -> None:
    assert admin_url(URL, AuthSettings()) == f"http://127.0.0.1:54399/shop/admin/#key={DEVELOPMENT_SECRET_KEY}"


def test_a_key_of_ones_own_is_never_printed() -> None:
    assert admin_url(URL, AuthSettings(secret_keys=("sb_secret_mine",))) == "http://127.0.0.1:54399/shop/admin/"
