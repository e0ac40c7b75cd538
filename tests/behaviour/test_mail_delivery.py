"""Mail through the whole server: the log wakes the delivery, and development has an inbox that nobody else can read."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from millstream.auth.settings import AuthSettings
from millstream.mail.settings import MailSettings
from tests.fixtures.server import project_settings, serving
from tests.fixtures.smtp_server import smtp_server

EMAIL = "ada@example.org"
OWN_SECRETS = {"jwt_secret": "x" * 40, "publishable_keys": (), "secret_keys": ()}


async def ask_for_link(http, url, status=200):
    async with http.post(f"{url}/auth/v1/otp", json={"email": EMAIL}) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_a_mail_leaves_as_soon_as_its_transaction_is_in_the_log(database):
    async with smtp_server() as smtp:
        # The outbox is looked through once an hour: in time the mail leaves only because the log tells of it.
        mail = MailSettings(
            smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_security="none", poll_seconds=3600, site_name="Lodge"
        )
        settings = project_settings(database, mail=mail, auth=AuthSettings(**OWN_SECRETS))
        async with serving(settings) as (url, _), aiohttp.ClientSession() as http, asyncio.timeout(20):
            await ask_for_link(http, url)
            await smtp.arrived.wait()
            (arrived,) = smtp.mails
            assert (arrived["To"], arrived["Subject"]) == (EMAIL, "Your link to sign in")
            assert f"{url}/auth/v1/verify?" in arrived.get_body(("plain",)).get_content()
            async with http.get(f"{url}/auth/v1/dev/mails") as inbox:
                assert inbox.status == 404


async def test_development_shows_what_would_have_been_sent_to_this_machine_alone(database):
    async with serving(project_settings(database)) as (url, _), aiohttp.ClientSession() as http:
        await ask_for_link(http, url)
        inbox = f"{url}/auth/v1/dev/mails"
        async with http.get(inbox, headers={"Origin": "https://evil.example"}) as answer:
            (mail,) = await answer.json()
            assert "access-control-allow-origin" not in answer.headers
        assert (mail["to"], mail["occasion"]) == (EMAIL, "magic_link")
        async with http.get(inbox, headers={"Accept": "text/html"}) as answer:
            page = await answer.text()
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "Your link to sign in" in page
        assert 'sandbox="allow-popups' in page
        # A page elsewhere whose name was made to lead here.
        async with http.get(inbox, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 404


@pytest.mark.parametrize("path", ["otp", "recover"])
async def test_a_project_with_secrets_of_its_own_and_no_mail_server_refuses_what_needs_mail(database, path):
    settings = project_settings(database, auth=AuthSettings(**OWN_SECRETS))
    async with serving(settings) as (url, _), aiohttp.ClientSession() as http:
        async with http.post(f"{url}/auth/v1/{path}", json={"email": EMAIL}) as answer:
            assert answer.status == 422
        async with http.get(f"{url}/auth/v1/dev/mails") as inbox:
            assert inbox.status == 404
