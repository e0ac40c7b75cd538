"""People see where they are signed in, and end the sessions that they do not know."""

from __future__ import annotations

from uuid import uuid4

from tests.fixtures.auth_server import PASSWORD

AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


async def listed(server, session):
    return (await server.get("/sessions", token=session["access_token"])).body["sessions"]


async def test_the_list_says_when_and_where_from_and_which_session_asks(server):
    here = await server.sign_up()
    body = {"email": "ada@example.org", "password": PASSWORD}
    there = (await server.post("/token?grant_type=password", body, headers=AGENT)).body
    sessions = await listed(server, here)
    assert [session["current"] for session in sessions] == [False, True]
    assert sessions[0]["user_agent"] == AGENT["User-Agent"]
    assert {session["ip"] for session in sessions} == {"127.0.0.1"}
    assert all(session["refreshed_at"] >= session["created_at"] and session["aal"] == "aal1" for session in sessions)
    assert [session["current"] for session in await listed(server, there)] == [True, False]


async def test_an_ended_session_counts_no_more_and_the_others_stay(server):
    here, there = await server.sign_up(), (await server.sign_in()).body
    [other] = [session["id"] for session in await listed(server, here) if not session["current"]]
    ended = await server.ask("DELETE", f"/sessions/{other}", token=here["access_token"])
    assert ended.status == 204
    assert (await server.get("/user", token=there["access_token"])).body["code"] == "session_not_found"
    assert (await server.refresh(there)).body["code"] == "refresh_token_not_found"
    assert len(await listed(server, here)) == 1


async def test_nobody_ends_or_sees_the_session_of_somebody_else(server):
    mine, other = await server.sign_up(), await server.sign_up("grace@example.org")
    [hers] = await listed(server, other)
    for session_id in (hers["id"], uuid4()):
        ended = await server.ask("DELETE", f"/sessions/{session_id}", token=mine["access_token"])
        assert ended.status == 204, "the answer does not tell whose session it was"
    assert [session["id"] for session in await listed(server, other)] == [hers["id"]]
    assert hers["id"] not in {session["id"] for session in await listed(server, mine)}


async def test_what_is_no_session_is_refused(server):
    session = await server.sign_up()
    refused = await server.ask("DELETE", "/sessions/all", token=session["access_token"])
    assert (refused.status, refused.body["code"]) == (400, "validation_failed")
    assert (await server.get("/sessions")).body["code"] == "no_authorization"
