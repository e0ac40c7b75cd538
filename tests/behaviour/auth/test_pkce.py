"""Sign-ins that begin with a challenge (PKCE): the link brings a code, the verifier turns it into a session."""

from __future__ import annotations

import base64
import hashlib

import pytest

from tests.fixtures.auth_server import PASSWORD

EMAIL = "ada@example.org"
VERIFIER = "a-verifier-of-the-length-that-the-rfc-wants-0123456789"
CHALLENGE = {
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode(),
    "code_challenge_method": "s256",
}
BEGINNINGS = {
    "signup": ("/signup", {"password": PASSWORD}),
    "magiclink": ("/otp", {}),
    "recovery": ("/recover", {}),
}


async def begin(server, kind="magiclink", challenge=CHALLENGE):
    """Ask for a link with a challenge and follow it; return what the redirect says."""
    if kind == "recovery":
        await server.post("/otp", {"email": EMAIL})
    path, body = BEGINNINGS[kind]
    asked = await server.post(path + "?redirect_to=http://127.0.0.1:54321/back", {"email": EMAIL, **body, **challenge})
    assert asked.status == 200, asked
    return await server.follow(await server.mail())


async def exchange(server, code, verifier=VERIFIER):
    return await server.post("/token?grant_type=pkce", {"auth_code": code, "code_verifier": verifier})


@pytest.mark.parametrize("kind", list(BEGINNINGS))
async def test_a_link_brings_a_code_and_the_verifier_gets_the_session_once(mailing, kind):
    target, told = await begin(mailing, kind)
    assert target == "http://127.0.0.1:54321/back"
    assert told.keys() == {"code"}
    session = await exchange(mailing, told["code"])
    assert session.body["user"]["email"] == EMAIL
    assert (await mailing.refresh(session.body)).status == 200
    again = await exchange(mailing, told["code"])
    assert (again.status, again.body["code"]) == (404, "flow_state_not_found")


async def test_whoever_holds_the_code_alone_gets_nothing(mailing):
    _, told = await begin(mailing)
    for verifier in (VERIFIER + "x", "short", CHALLENGE["code_challenge"]):
        refused = await exchange(mailing, told["code"], verifier)
        assert (refused.status, refused.body["code"]) == (400, "bad_code_verifier")
    assert (await exchange(mailing, "")).body["code"] == "validation_failed"
    assert (await exchange(mailing, told["code"])).status == 200


async def test_a_plain_challenge_is_compared_as_it_is(mailing):
    _, told = await begin(mailing, challenge={"code_challenge": VERIFIER, "code_challenge_method": "plain"})
    assert (await exchange(mailing, told["code"])).status == 200


async def test_a_code_counts_for_five_minutes(mailing):
    _, told = await begin(mailing)
    mailing.clock.moved = 301
    expired = await exchange(mailing, told["code"])
    assert (expired.status, expired.body["code"]) == (422, "flow_state_expired")


@pytest.mark.parametrize(
    "challenge",
    [
        {"code_challenge": CHALLENGE["code_challenge"]},
        {"code_challenge_method": "s256"},
        {**CHALLENGE, "code_challenge_method": "s512"},
        {**CHALLENGE, "code_challenge": "short"},
        {**CHALLENGE, "code_challenge": "ö" * 50},
    ],
    ids=["no method", "no challenge", "unknown method", "too short", "not ASCII"],
)
async def test_half_a_challenge_is_refused(mailing, challenge):
    answer = await mailing.post("/otp", {"email": EMAIL, **challenge})
    assert (answer.status, answer.body["code"]) == (400, "validation_failed")


async def test_an_application_may_present_the_token_itself(mailing):
    await mailing.post("/otp", {"email": EMAIL, **CHALLENGE})
    token = (await mailing.mail()).link.partition("token=")[2].partition("&")[0]
    assert token.startswith("pkce_")
    assert (await mailing.post("/verify", {"type": "magiclink", "token_hash": token})).status == 200


async def test_a_change_of_address_can_end_in_a_code(mailing):
    await mailing.post("/otp", {"email": EMAIL})
    _, told = await mailing.follow(await mailing.mail())
    asked = {"email": "new@example.org", **CHALLENGE}
    await mailing.ask("PUT", "/user", asked, token=told["access_token"])
    first, second = (await mailing.mails())[-2:]
    assert "message" in (await mailing.follow(first))[1]
    _, told = await mailing.follow(second)
    assert (await exchange(mailing, told["code"])).body["user"]["email"] == "new@example.org"


async def test_the_database_does_not_hold_the_code(mailing):
    _, told = await begin(mailing)
    async with mailing.auth.transaction() as connection:
        rows = await (await connection.execute("select * from auth.flow_state")).fetchall()
    assert told["code"] not in repr(rows)
