"""Identity providers: what their setting may say, and which addresses we ask."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.auth.oidc.errors import ProvidersInvalid, ProviderUnavailable
from millstream.auth.oidc.fetch import fetch_json, is_public
from millstream.auth.oidc.provider import is_web_url, parse_providers

GOOD = {"issuer": "https://accounts.example", "client_id": "id", "client_secret": "hidden"}


def test_providers_have_names_and_the_scope_openid():
    providers = parse_providers(json.dumps({"google": {**GOOD, "scopes": ["email"]}, "own_idp": GOOD}))
    assert providers["google"].scopes == ("openid", "email")
    assert providers["own_idp"].scopes == ("openid", "email", "profile")
    assert "hidden" not in repr(providers)
    assert parse_providers("") == {}


@pytest.mark.parametrize(
    "setting",
    [
        "{",
        "[]",
        json.dumps({"google": "https://accounts.example"}),
        json.dumps({"Google": GOOD}),
        json.dumps({"email": GOOD}),
        json.dumps({"google": {**GOOD, "issuer": "http://accounts.example"}}),
        json.dumps({"google": {**GOOD, "client_secret": ""}}),
        json.dumps({"google": {**GOOD, "scopes": "email"}}),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_without_its_secrets(setting):
    with pytest.raises(ProvidersInvalid) as refused:
        parse_providers(setting)
    assert "hidden" not in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_is_a_setting_or_refused(text):
    with contextlib.suppress(ProvidersInvalid):
        parse_providers(text)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "ftp://example.org",
        "https://",
        "https://a@b.example",
        "https://x/#f",
        "//x",
        "https://x\n",
    ],
)
def test_secrets_travel_by_https_alone(url):
    assert not is_web_url(url)


@pytest.mark.parametrize(
    "url", ["https://example.org/x", "http://127.0.0.1:1/x", "http://localhost", "http://[::1]:8/"]
)
def test_this_machine_itself_may_be_asked_in_plain_text(url):
    assert is_web_url(url)


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "168.63.129.16",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "nonsense",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_private_networks_are_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_addresses_of_the_open_network_are_known(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1/keys", "https://169.254.169.254/keys", "https://localhost:1/keys"]
)
async def test_a_public_issuer_cannot_have_us_ask_private_addresses(url):
    with pytest.raises(ProviderUnavailable):
        await fetch_json(url, private=False)
