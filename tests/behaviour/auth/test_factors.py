"""Second factors: an authenticator raises a session, guards the account's factors, and its codes count once."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from millstream.auth.qr import qr_svg
from millstream.auth.start import AuthStarted, start_auth
from millstream.auth.totp import SECRET_BYTES, STEP_SECONDS, code_at, decode_secret, encode_secret
from millstream.sealing import SealBroken
from tests.fixtures.auth_server import auth_server


class Authenticator:
    """An app on somebody's telephone: knows the secret and the time."""

    def __init__(self, server, enrolled):
        self.server = server
        self.id = enrolled["id"]
        self.secret = decode_secret(enrolled["totp"]["secret"])

    def code(self, steps=0):
        return code_at(self.secret, int(self.server.clock()) // STEP_SECONDS + steps)

    async def answer(self, token, code=None):
        asked = await self.server.post(f"/factors/{self.id}/challenge", {}, token=token)
        body = {"challenge_id": asked.body["id"], "code": code or self.code()}
        return await self.server.post(f"/factors/{self.id}/verify", body, token=token)


async def enroll(server, token, name="phone"):
    return await server.post("/factors", {"factor_type": "totp", "friendly_name": name}, token=token)


async def enrolled(server):
    """Sign up with a verified authenticator; return it with the raised session."""
    session = await server.sign_up()
    app = Authenticator(server, (await enroll(server, session["access_token"])).body)
    raised = await app.answer(session["access_token"])
    assert raised.status == 200, raised
    server.clock.moved += STEP_SECONDS
    return app, raised.body


def claims(server, session):
    return server.auth.verifier.verify(session["access_token"]).payload()


async def test_enrolling_tells_what_an_authenticator_needs(server):
    token = (await server.sign_up())["access_token"]
    made = (await enroll(server, token)).body
    assert (made["type"], made["friendly_name"]) == ("totp", "phone")
    assert made["totp"]["qr_code"] == qr_svg(made["totp"]["uri"])
    assert made["totp"]["uri"].startswith("otpauth://totp/127.0.0.1%3A54321%3Aada%40example.org?")
    (factor,) = (await server.get("/user", token=token)).body["factors"]
    assert (factor["id"], factor["status"]) == (made["id"], "unverified")


async def test_a_name_that_no_qr_code_holds_leaves_the_secret_to_be_typed(server):
    token = (await server.sign_up())["access_token"]
    made = await server.post("/factors", {"factor_type": "totp", "issuer": "é" * 400}, token=token)
    assert (made.status, made.body["totp"]["qr_code"], len(made.body["totp"]["secret"])) == (200, "", 32)


async def test_a_right_code_raises_the_session_and_gives_it_new_tokens(server):
    session = await server.sign_up()
    assert claims(server, session)["aal"] == "aal1"
    app = Authenticator(server, (await enroll(server, session["access_token"])).body)
    raised = (await app.answer(session["access_token"])).body
    assert claims(server, raised)["aal"] == "aal2"
    assert claims(server, raised)["session_id"] == claims(server, session)["session_id"]
    assert {method["method"] for method in claims(server, raised)["amr"]} == {"password", "totp"}
    assert raised["user"]["factors"][0]["status"] == "verified"
    refreshed = await server.refresh(raised)
    assert claims(server, refreshed.body)["aal"] == "aal2"
    old = await server.refresh(session)
    assert old.body["code"] == "refresh_token_not_found"
    assert (await server.get("/user", token=refreshed.body["access_token"])).status == 200


async def test_a_password_alone_gives_a_session_that_knows_of_the_factor(server):
    app, _ = await enrolled(server)
    signed_in = (await server.sign_in()).body
    assert claims(server, signed_in)["aal"] == "aal1"
    assert signed_in["user"]["factors"][0]["id"] == app.id
    assert (await app.answer(signed_in["access_token"])).status == 200


async def test_the_first_code_ends_sessions_without_it(server):
    await server.sign_up()
    other = (await server.sign_in()).body
    session = (await server.sign_in()).body
    app = Authenticator(server, (await enroll(server, session["access_token"])).body)
    await app.answer(session["access_token"])
    assert (await server.get("/user", token=other["access_token"])).body["code"] == "session_not_found"


async def test_a_code_counts_once_also_when_it_is_sent_twice_at_the_same_time(server):
    app, raised = await enrolled(server)
    code = app.code()
    answers = await asyncio.gather(*(app.answer(raised["access_token"], code) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [200, 422, 422]
    again = await app.answer(raised["access_token"], code)
    assert (again.status, again.body["code"]) == (422, "mfa_verification_failed")


async def test_wrong_codes_and_old_questions_do_not_count(server):
    app, raised = await enrolled(server)
    token = raised["access_token"]
    wrong = await app.answer(token, f"{(int(app.code()) + 1) % 1_000_000:06d}")
    assert wrong.body["code"] == "mfa_verification_failed"
    asked = (await server.post(f"/factors/{app.id}/challenge", {}, token=token)).body
    server.clock.moved += 301
    body = {"challenge_id": asked["id"], "code": app.code()}
    late = await server.post(f"/factors/{app.id}/verify", body, token=token)
    assert (late.status, late.body["code"]) == (422, "mfa_challenge_expired")
    body["challenge_id"] = str(uuid4())
    assert (await server.post(f"/factors/{app.id}/verify", body, token=token)).body["code"] == "mfa_challenge_expired"


async def test_guessing_codes_is_limited(server):
    app, raised = await enrolled(server)
    statuses = [(await app.answer(raised["access_token"], "not it")).status for _ in range(10)]
    assert set(statuses[:9]) == {422}
    assert statuses[-1] == 429


async def test_changing_factors_needs_a_raised_session_once_there_is_one(server):
    app, raised = await enrolled(server)
    low = (await server.sign_in()).body["access_token"]
    refused = [await enroll(server, low, "thief"), await server.ask("DELETE", f"/factors/{app.id}", token=low)]
    assert [(answer.status, answer.body["code"]) for answer in refused] == [(403, "insufficient_aal")] * 2
    second = await enroll(server, raised["access_token"], "tablet")
    assert second.status == 200
    taken = await enroll(server, raised["access_token"], "tablet")
    assert taken.body["code"] == "mfa_factor_name_conflict"
    removed = await server.ask("DELETE", f"/factors/{app.id}", token=raised["access_token"])
    assert removed.body == {"id": app.id}
    refreshed = (await server.refresh(raised)).body
    assert claims(server, refreshed)["aal"] == "aal1"
    assert [method["method"] for method in claims(server, refreshed)["amr"]] == ["password"]


async def test_factors_of_others_and_of_nobody_are_not_found(server):
    app, _ = await enrolled(server)
    other = (await server.sign_up("bob@example.org"))["access_token"]
    for factor in (app.id, str(uuid4()), "x"):
        answers = [
            await server.post(f"/factors/{factor}/challenge", {}, token=other),
            await server.ask("DELETE", f"/factors/{factor}", token=other),
        ]
        assert {(answer.status, answer.body["code"]) for answer in answers} == {(404, "mfa_factor_not_found")}
    assert (await enroll(server, None)).status == 401


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("phone", "mfa_phone_enroll_not_enabled"),
        ("webauthn", "mfa_webauthn_enroll_not_enabled"),
        ("other", "validation_failed"),
    ],
)
async def test_other_kinds_of_factor_are_refused_by_name(server, kind, code):
    token = (await server.sign_up())["access_token"]
    assert (await server.post("/factors", {"factor_type": kind}, token=token)).body["code"] == code


async def test_an_account_has_at_most_ten_factors_and_unfinished_ones_are_forgotten(server):
    token = (await server.sign_up())["access_token"]
    for number in range(10):
        assert (await enroll(server, token, f"app {number}")).status == 200
    assert (await enroll(server, token, "one more")).body["code"] == "too_many_enrolled_mfa_factors"


async def test_an_administrator_sees_and_removes_factors(server):
    app, _ = await enrolled(server)
    service = server.auth.api_keys.service_role_key
    user = (await server.sign_in()).body["user"]
    path = f"/admin/users/{user['id']}/factors"
    assert [factor["id"] for factor in (await server.get(path, token=service)).body] == [app.id]
    assert (await server.ask("DELETE", f"{path}/{app.id}", token=service)).body == {"id": app.id}
    assert (await server.ask("DELETE", f"{path}/{app.id}", token=service)).status == 404
    assert (await server.get(path)).status == 401
    assert "factors" not in (await server.sign_in()).body["user"]


async def secret_of(server, factor_id):
    async with server.auth.transaction() as connection:
        cursor = await connection.execute("select secret from auth.mfa_factors where id = %s", (factor_id,))
        return (await cursor.fetchone())["secret"]


async def test_a_secret_is_sealed_in_the_database_and_bound_to_its_row(server):
    token = (await server.sign_up())["access_token"]
    enrolled = (await server.post("/factors", {"factor_type": "totp"}, token=token)).body
    sealed = await secret_of(server, enrolled["id"])
    assert enrolled["totp"]["secret"] not in sealed
    assert server.auth.sealer.open(sealed, place=enrolled["id"]) == enrolled["totp"]["secret"]
    with pytest.raises(SealBroken):
        server.auth.sealer.open(sealed, place="another row")


async def test_secrets_of_earlier_servers_and_keys_are_sealed_when_a_server_starts(server, accounts):
    user = (await server.sign_up())["user"]
    plain = encode_secret(b"k" * SECRET_BYTES)
    factor_id = str(uuid4())
    async with server.auth.transaction() as connection:
        await connection.execute(
            "insert into auth.mfa_factors (id, user_id, factor_type, status, secret)"
            " values (%s, %s, 'totp', 'verified', %s)",
            (factor_id, user["id"], plain),
        )
    for keys in ((), ("a newer key",), ("the newest key", "a newer key")):
        async with auth_server(accounts, encryption_keys=keys) as started:
            await start_auth(started.auth)
            sealed = await secret_of(started, factor_id)
            assert started.auth.sealer.is_current(sealed)
            assert started.auth.sealer.open(sealed, place=factor_id) == plain
            assert [each.sealed_secrets for each in started.seen if isinstance(each, AuthStarted)] == [1]
    async with auth_server(accounts) as forgetful:
        with pytest.raises(SealBroken):
            await start_auth(forgetful.auth)
