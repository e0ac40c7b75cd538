"""`millstream users`, as operators run it: on a database, beside a server that may be running."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.auth_server import AuthServer, auth_server
from tests.fixtures.command import Answer, run
from tests.fixtures.postgres import Database

EMAIL = "ada@example.org"


class Operator:
    def __init__(self, database: Database, folder: Path, server: AuthServer) -> None:
        self.server = server
        self._database = database
        self._folder = folder

    async def users(self, *arguments: str) -> Answer:
        return await run("users", *arguments, folder=self._folder, environment={"DATABASE_URL": self._database.url})


@pytest.fixture
async def operator(database: Database, tmp_path: Path):
    async with auth_server(database, hash_memory_kib=19_456, hash_passes=2) as server:
        yield Operator(database, tmp_path, server)


async def test_an_account_is_made_shown_disabled_enabled_and_deleted(operator: Operator) -> None:
    made = await operator.users("create", EMAIL, "--generate-password")
    assert made.code == 0, made.messages
    password = made.output.strip()
    assert (await operator.server.sign_in(EMAIL, password)).status == 200
    shown = await operator.users("list")
    assert EMAIL in shown.output
    assert "1 of 1 accounts" in shown.messages
    asked = await operator.users("disable", EMAIL)
    assert (asked.code, "Disable the account?" in asked.messages) == (1, True)
    assert (await operator.users("disable", EMAIL, "--yes")).code == 0
    assert (await operator.server.sign_in(EMAIL, password)).body["code"] == "user_banned"
    assert "disabled" in (await operator.users("list")).output
    assert (await operator.users("enable", EMAIL)).code == 0
    assert (await operator.server.sign_in(EMAIL, password)).status == 200
    asked = await operator.users("delete", EMAIL)
    assert (asked.code, "are lost" in asked.messages) == (1, True)
    assert (await operator.users("delete", EMAIL, "-y")).code == 0
    assert (await operator.server.sign_in(EMAIL, password)).body["code"] == "invalid_credentials"


async def test_sessions_are_shown_and_ended(operator: Operator) -> None:
    session = await operator.server.sign_up()
    shown = await operator.users("sessions", session["user"]["id"])
    assert "aal1" in shown.output
    assert "127.0.0.1" in shown.output
    assert (await operator.users("sessions", EMAIL, "--end")).code == 1
    assert (await operator.server.get("/user", token=session["access_token"])).status == 200
    ended = await operator.users("sessions", EMAIL, "--end", "--yes")
    assert "ended 1 sessions" in ended.messages
    assert (await operator.server.get("/user", token=session["access_token"])).body["code"] == "session_not_found"


async def test_a_role_is_set_and_the_sessions_with_the_old_one_end(operator: Operator) -> None:
    session = await operator.server.sign_up()
    unknown = await operator.users("role", EMAIL, "postgres", "--yes")
    assert (unknown.code, "may not take the database role" in unknown.messages) == (1, True)
    assert (await operator.users("role", EMAIL, "service_role", "--yes")).code == 0
    assert (await operator.server.refresh(session)).status == 400
    signed_in = (await operator.server.sign_in()).body
    assert operator.server.auth.verifier.verify(signed_in["access_token"]).role == "service_role"


@pytest.mark.parametrize("who", ["nobody@example.org", "00000000-0000-0000-0000-000000000007", "x"])
async def test_an_unknown_account_is_said_to_be_unknown(operator: Operator, who: str) -> None:
    answer = await operator.users("enable", who)
    assert answer.code == 1
    assert answer.messages.startswith("error: ")
    assert who in answer.messages
