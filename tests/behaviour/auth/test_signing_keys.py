"""The file of signing keys: keys of every kind sign, and a rotation during traffic is felt by nobody."""

from __future__ import annotations

import asyncio
import json

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from millstream.auth.key_watch import KeyWatch, SigningKeysChanged, SigningKeysUnreadable
from tests.fixtures.auth_server import auth_server

KINDS = {
    "ES256": lambda: ECKey.generate_key("P-256", {"kid": "elliptic"}),
    "RS256": lambda: RSAKey.generate_key(2048, {"kid": "rsa"}),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519", {"kid": "edwards"}),
}


def write(path, *keys):
    """Replace the file as an operator does, whole at once."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"keys": [key.as_dict(private=True) for key in keys]}))
    new.replace(path)


class Registry(jws.JWSRegistry):
    """Knows EdDSA by the name that today's tokens have, without a warning."""

    def get_alg(self, name):
        return self.algorithms[name]


def header_of(token, published):
    """Verify a token by the published keys alone, as a client does; return its header."""
    return jws.deserialize_compact(token, KeySet.import_key_set(published), registry=Registry()).protected


@pytest.mark.parametrize("kind", KINDS)
async def test_a_key_of_any_kind_signs_and_clients_verify_by_what_is_published(accounts, tmp_path, kind):
    path = tmp_path / "keys.json"
    write(path, KINDS[kind]())
    async with auth_server(accounts, signing_keys_file=str(path)) as server:
        session = await server.sign_up()
        published = (await server.get("/.well-known/jwks.json")).body
        assert header_of(session["access_token"], published)["alg"] == kind
        assert (await server.get("/user", token=session["access_token"])).status == 200


async def test_a_rotation_of_the_file_during_traffic_is_felt_by_nobody(accounts, tmp_path):
    path = tmp_path / "keys.json"
    old, new = KINDS["ES256"](), KINDS["RS256"]()
    write(path, old)
    async with auth_server(accounts, signing_keys_file=str(path)) as server:
        watch = KeyWatch(server.auth)
        first = await server.sign_up()
        rotated = asyncio.Event()
        kids, statuses = set(), set()

        async def traffic():
            session, rounds = first, 0
            while rounds < 5 or not rotated.is_set():
                session = (await server.refresh(session)).body
                published = (await server.get("/.well-known/jwks.json")).body
                kids.add(header_of(session["access_token"], published)["kid"])
                for token in (session["access_token"], first["access_token"]):
                    statuses.add((await server.get("/user", token=token)).status)
                rounds += 1
            return session

        async def rotate():
            write(path, new, old)
            await watch.check()
            rotated.set()

        session, _ = await asyncio.gather(traffic(), rotate())
        renewed = (await server.refresh(session)).body
        kids.add(header_of(renewed["access_token"], (await server.get("/.well-known/jwks.json")).body)["kid"])
        assert statuses == {200}
        assert "rsa" in kids <= {"elliptic", "rsa"}
        write(path, new)
        await watch.check()
        assert (await server.get("/user", token=renewed["access_token"])).status == 200
        assert (await server.get("/user", token=first["access_token"])).body["code"] == "bad_jwt"
        assert [each for each in server.seen if isinstance(each, SigningKeysChanged)] == [SigningKeysChanged("rsa")] * 2


async def test_a_file_that_cannot_be_read_changes_nothing_and_is_told_once(accounts, tmp_path):
    path = tmp_path / "keys.json"
    write(path, KINDS["ES256"]())
    async with auth_server(accounts, signing_keys_file=str(path)) as server:
        watch = KeyWatch(server.auth)
        session = await server.sign_up()
        path.write_text('{"keys": [{"kty"')
        await watch.check()
        await watch.check()
        assert (await server.get("/user", token=session["access_token"])).status == 200
        path.unlink()
        await watch.check()
        assert len([each for each in server.seen if isinstance(each, SigningKeysUnreadable)]) == 1
