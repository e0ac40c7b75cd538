from __future__ import annotations

import asyncio

import pytest

from millstream.auth.errors import TokenRevoked
from millstream.auth.flows.sign_in import RefreshTokenReused
from millstream.auth.start import refuse_ended_sessions
from tests.fixtures.auth_server import PASSWORD, auth_server


def session_id(server, session):
    return server.auth.verifier.verify(session["access_token"]).payload()["session_id"]


async def test_a_refresh_keeps_the_session_and_changes_the_token(server):
    session = await server.sign_up()
    renewed = (await server.refresh(session)).body
    assert renewed["refresh_token"] != session["refresh_token"]
    assert session_id(server, renewed) == session_id(server, session)
    assert renewed["user"]["id"] == session["user"]["id"]
    assert (await server.refresh(renewed)).status == 200


async def test_two_tabs_that_refresh_at_once_get_the_same_session(server):
    session = await server.sign_up()
    answers = await asyncio.gather(*(server.refresh(session) for _ in range(6)))
    assert [answer.status for answer in answers] == [200] * 6
    assert len({answer.body["refresh_token"] for answer in answers}) == 1
    assert {session_id(server, answer.body) for answer in answers} == {session_id(server, session)}
    assert (await server.refresh(answers[0].body)).status == 200


async def test_a_tab_that_comes_late_gets_the_current_token_while_the_window_is_open(server):
    session = await server.sign_up()
    second = (await server.refresh(session)).body
    server.clock.moved = 6
    third = (await server.refresh(second)).body
    late = (await server.refresh(session)).body
    assert late["refresh_token"] == third["refresh_token"]


async def test_a_stolen_refresh_token_ends_the_whole_session(server):
    session = await server.sign_up()
    renewed = (await server.refresh(session)).body
    server.clock.moved = 11
    stolen = await server.refresh(session)
    assert (stolen.status, stolen.body["code"]) == (400, "refresh_token_already_used")
    assert (await server.refresh(renewed)).body["code"] == "refresh_token_not_found"
    assert (await server.get("/user", token=renewed["access_token"])).body["code"] == "session_not_found"
    assert RefreshTokenReused("127.0.0.1") in server.seen


async def test_a_theft_leaves_other_sessions_of_the_user_alone(server):
    stolen, other = await server.sign_up(), (await server.sign_in()).body
    await server.refresh(stolen)
    server.clock.moved = 11
    await server.refresh(stolen)
    assert (await server.refresh(other)).status == 200


async def test_an_old_token_far_up_the_chain_is_a_theft_even_when_a_newer_one_was_just_used(server):
    first = await server.sign_up()
    second = (await server.refresh(first)).body
    server.clock.moved = 3600
    await server.refresh(second)
    assert (await server.refresh(first)).body["code"] == "refresh_token_already_used"


@pytest.mark.parametrize("token", ["", "unknown", "x" * 5000, "' or 1=1 --", None, "é"])
async def test_an_unknown_refresh_token_is_not_found(server, token):
    answer = await server.post("/token?grant_type=refresh_token", {"refresh_token": token})
    assert (answer.status, answer.body["code"]) == (400, "refresh_token_not_found")


async def test_the_database_holds_no_refresh_token(server):
    session = await server.sign_up()
    renewed = (await server.refresh(session)).body
    async with server.auth.transaction() as connection:
        rows = await (await connection.execute("select token, parent from auth.refresh_tokens")).fetchall()
    stored = {value for row in rows for value in row.values()}
    assert len(rows) == 2
    assert not stored & {session["refresh_token"], renewed["refresh_token"]}


async def test_an_access_token_expires_and_a_refresh_makes_another(server):
    session = await server.sign_up()
    server.clock.moved = 3600 + 31
    expired = await server.get("/user", token=session["access_token"])
    assert (expired.status, expired.body["code"]) == (403, "bad_jwt")
    renewed = (await server.refresh(session)).body
    assert (await server.get("/user", token=renewed["access_token"])).status == 200


async def test_a_session_ends_with_the_longest_life_that_the_project_allows(accounts):
    async with auth_server(accounts, session_seconds=1800) as server:
        session = await server.sign_up()
        assert session["expires_in"] in {1799, 1800}
        server.clock.moved = 1000
        assert (await server.refresh(session)).body["expires_in"] in {799, 800, 801}
        server.clock.moved = 1900
        assert (await server.refresh(session)).body["code"] == "session_expired"


@pytest.mark.parametrize(("scope", "left"), [("", []), ("global", []), ("local", ["other"]), ("others", ["own"])])
async def test_signing_out_ends_sessions_by_scope(server, scope, left):
    own, other = await server.sign_up(), (await server.sign_in()).body
    answer = await server.post(f"/logout?scope={scope}" if scope else "/logout", token=own["access_token"])
    assert (answer.status, answer.body) == (204, None)
    found = {name: (await server.refresh(session)).status for name, session in (("own", own), ("other", other))}
    assert [name for name, status in found.items() if status == 200] == left


async def test_signing_out_twice_or_by_an_unknown_scope_is_refused(server):
    session = await server.sign_up()
    unknown = await server.post("/logout?scope=everything", token=session["access_token"])
    assert (unknown.status, unknown.body["code"]) == (400, "validation_failed")
    assert (await server.post("/logout", token=session["access_token"])).status == 204
    assert (await server.post("/logout", token=session["access_token"])).body["code"] == "session_not_found"


async def test_nobody_signs_somebody_else_out(server):
    ada, bob = await server.sign_up(), await server.sign_up("bob@example.org")
    await server.post("/logout?scope=global", token=ada["access_token"])
    assert (await server.refresh(bob)).status == 200


async def test_the_user_of_a_token_can_be_read(server):
    session = await server.sign_up()
    answer = await server.get("/user", token=session["access_token"])
    assert (answer.status, answer.body) == (200, session["user"])
    assert answer.headers["cache-control"] == "no-store"


async def test_a_bad_token_is_refused_and_never_an_error_of_the_server(server):
    session = await server.sign_up()
    tokens = {
        "garbage": "bad_jwt",
        session["access_token"] + "x": "bad_jwt",
        session["access_token"][:-2]: "bad_jwt",
        "x" * 60_000: "bad_jwt",
        server.auth.api_keys.anon_key: "bad_jwt",
        "sb_publishable_unknown": "invalid_api_key",
        server.auth.signer.sign({"sub": "no uuid", "role": "authenticated", "exp": 2_000_000_000}): "bad_jwt",
        server.auth.signer.sign(
            {"sub": "00000000-0000-4000-8000-000000000000", "role": "authenticated", "exp": 2_000_000_000}
        ): "user_not_found",
    }
    for token, code in tokens.items():
        answer = await server.get("/user", token=token)
        assert answer.status in {401, 403}
        assert answer.body["code"] == code
        assert (await server.ask("PUT", "/user", {}, token=token)).body["code"] == code
        assert (await server.post("/logout", token=token)).body["code"] == code


async def test_without_a_token_there_is_no_user(server):
    answer = await server.get("/user", headers={"apikey": server.auth.api_keys.anon_key})
    assert (answer.status, answer.body["code"]) == (401, "no_authorization")


async def test_a_user_changes_metadata_by_merging(server):
    session = await server.sign_up(data={"name": "Ada", "plan": "free"})
    token = session["access_token"]
    answer = await server.ask("PUT", "/user", {"data": {"name": "Ada L.", "plan": None, "new": 1}}, token=token)
    metadata = answer.body["user_metadata"]
    assert (metadata["name"], metadata["new"], "plan" in metadata) == ("Ada L.", 1, False)
    assert metadata["email"] == "ada@example.org"
    too_large = await server.ask("PUT", "/user", {"data": {"a": "x" * 6200}}, token=token)
    assert too_large.body["code"] == "validation_failed"


async def test_a_new_password_replaces_the_old_one_and_ends_other_sessions(server):
    own, other = await server.sign_up(), (await server.sign_in()).body
    same = await server.ask("PUT", "/user", {"password": PASSWORD}, token=own["access_token"])
    assert (same.status, same.body["code"]) == (422, "same_password")
    assert (await server.ask("PUT", "/user", {"password": "abc"}, token=own["access_token"])).body[
        "code"
    ] == "weak_password"
    assert (await server.ask("PUT", "/user", {"password": "another one"}, token=own["access_token"])).status == 200
    assert (await server.sign_in()).body["code"] == "invalid_credentials"
    assert (await server.sign_in(password="another one")).status == 200
    assert (await server.refresh(own)).status == 200
    assert (await server.refresh(other)).status == 400


async def test_a_new_address_must_be_free(server):
    ada = await server.sign_up()
    await server.sign_up("bob@example.org")
    taken = await server.ask("PUT", "/user", {"email": "BOB@example.org"}, token=ada["access_token"])
    assert (taken.status, taken.body["code"]) == (422, "email_exists")
    changed = await server.ask("PUT", "/user", {"email": "lovelace@example.org"}, token=ada["access_token"])
    assert changed.body["email"] == "lovelace@example.org"
    assert changed.body["identities"][0]["email"] == "lovelace@example.org"
    assert (await server.sign_in("lovelace@example.org")).status == 200


async def test_a_new_address_waits_for_its_confirmation_where_that_is_wanted(accounts):
    async with auth_server(accounts) as server:
        session = await server.sign_up()
    async with auth_server(accounts, autoconfirm=False) as server:
        answer = await server.ask("PUT", "/user", {"email": "new@example.org"}, token=session["access_token"])
        assert (answer.body["email"], answer.body["new_email"]) == ("ada@example.org", "new@example.org")


async def test_sessions_that_ended_in_a_gap_of_the_log_are_refused_by_their_tokens(server):
    ended, kept = await server.sign_up(), await server.sign_up("bob@example.org")
    await server.post("/logout", token=ended["access_token"])
    await refuse_ended_sessions(server.auth)
    with pytest.raises(TokenRevoked):
        server.auth.verifier.verify(ended["access_token"])
    assert server.auth.verifier.verify(kept["access_token"]).subject == kept["user"]["id"]
