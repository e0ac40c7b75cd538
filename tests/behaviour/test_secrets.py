"""Nothing that the server tells of itself holds a secret: not its observations, and not what libraries log."""

from __future__ import annotations

import logging

import aiohttp

from millstream.channels.observations import HandshakeRefused, SocketOpened
from tests.fixtures.server import project_settings, serving
from tests.fixtures.websocket_client import connected
from tests.fixtures.witness import Witness

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"


async def test_tokens_keys_passwords_links_and_codes_are_never_told(database, caplog):
    caplog.set_level(logging.DEBUG)
    witness = Witness()
    async with (
        serving(project_settings(database), observe=witness) as (url, (project,)),
        aiohttp.ClientSession() as http,
    ):
        port = int(url.rpartition(":")[2])
        async with http.post(f"{url}/auth/v1/signup", json={"email": EMAIL, "password": PASSWORD}) as answer:
            session = await answer.json()
        access, refresh = session["access_token"], session["refresh_token"]
        broken = access[:-8] + "AAAAAAAA"
        for key in (access, broken):
            async with connected(port, f"/realtime/v1/websocket?vsn=2.0.0&apikey={key}") as client:
                if client.status == 101:
                    await client.join("realtime:room", access_token=broken)
            query = f"?access_token={key}&apikey={key}"
            async with http.get(f"{url}/rest/v1/nothing", headers={"authorization": f"Bearer {key}"}) as answer:
                assert answer.status in {401, 404}
            async with http.get(f"{url}/auth/v1/user{query}", headers={"authorization": f"Bearer {key}"}) as answer:
                assert answer.status in {200, 403}
        await http.post(f"{url}/auth/v1/token?grant_type=password", json={"email": EMAIL, "password": "a wrong secret"})
        await http.post(f"{url}/auth/v1/otp", json={"email": EMAIL})
        async with http.get(f"{url}/auth/v1/dev/mails") as answer:
            (mail,) = await answer.json()
        link_token = mail["text"].partition("token=")[2].partition("&")[0]
        async with http.get(f"{url}/auth/v1/verify?type=magiclink&token={link_token}", allow_redirects=False) as answer:
            assert "access_token" in answer.headers["location"]
        await witness.saw(SocketOpened)
        await witness.saw(HandshakeRefused)
    own = [record for record in caplog.records if not record.name.startswith(("asyncio", "aiohttp"))]
    told = repr(witness.seen) + "".join(record.getMessage() for record in own)
    secret_key = project.settings.auth.secret_keys[0]
    for secret in (access, broken, refresh, PASSWORD, "a wrong secret", link_token, mail["text"], secret_key):
        assert secret not in told
