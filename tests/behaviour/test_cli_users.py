"""`millstream users`, as operators run it: on a database, beside a server that may be running."""

from __future__ import annotations

import json
from pathlib import Path

import bcrypt
import pytest

from tests.fixtures.auth_server import PASSWORD, AuthServer, auth_server
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


async def test_accounts_of_supabase_are_taken_over_with_ids_and_passwords(operator: Operator, tmp_path: Path) -> None:
    user_id = "7c2e51f0-0d3c-4a0e-8d2b-1f6a3a6a0001"
    row = {
        "id": user_id,
        "email": "Old@example.org",
        "encrypted_password": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
        "email_confirmed_at": "2024-05-06T07:08:09.123+00:00",
        "raw_user_meta_data": {"full_name": "Old"},
    }
    file = tmp_path / "users.jsonl"
    file.write_text(json.dumps(row) + "\n" + json.dumps({"id": "x"}) + "\nno json\n")
    taken = await operator.users("import", str(file))
    assert (taken.code, "took over 1 accounts, left out 2" in taken.messages) == (1, True), taken.messages
    signed_in = (await operator.server.sign_in("old@example.org")).body
    assert (signed_in["user"]["id"], signed_in["user"]["user_metadata"]["full_name"]) == (user_id, "Old")
    again = await operator.users("import", str(file))
    assert "line 1: The id or the address of old@example.org is taken" in again.messages
