from __future__ import annotations

import asyncio
import time
import uuid

import bcrypt
import pytest

from millstream.auth.flows.sign_in import SignInRefused
from tests.fixtures.auth_server import PASSWORD, auth_server


async def test_a_new_account_is_signed_in_at_once(server):
    session = await server.sign_up("Ada@Example.org", data={"name": "Ada"})
    user = session["user"]
    assert set(session) == {"access_token", "token_type", "expires_in", "expires_at", "refresh_token", "user"}
    assert (session["token_type"], session["expires_in"]) == ("bearer", 3600)
    assert str(uuid.UUID(user["id"])) == user["id"]
    assert (user["aud"], user["role"], user["email"], user["phone"]) == (
        "authenticated",
        "authenticated",
        "ada@example.org",
        "",
    )
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert user["user_metadata"] == {
        "name": "Ada",
        "email": "ada@example.org",
        "email_verified": True,
        "phone_verified": False,
        "sub": user["id"],
    }
    assert user["is_anonymous"] is False
    assert {"email_confirmed_at", "confirmed_at", "last_sign_in_at", "created_at", "updated_at"} <= set(user)
    assert not {"encrypted_password", "banned_until", "invited_at", "deleted_at"} & set(user)
    identity = user["identities"][0]
    assert (identity["provider"], identity["id"], identity["email"]) == ("email", user["id"], "ada@example.org")
    assert identity["identity_id"] != identity["id"]


async def test_the_access_token_says_who_when_and_how(server):
    session = await server.sign_up(data={"name": "Ada"})
    claims = server.auth.verifier.verify(session["access_token"]).payload()
    user = session["user"]
    assert set(claims) == {
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "email",
        "phone",
        "app_metadata",
        "user_metadata",
        "role",
        "aal",
        "amr",
        "session_id",
        "is_anonymous",
    }
    assert (claims["sub"], claims["role"], claims["aal"]) == (user["id"], "authenticated", "aal1")
    assert claims["iss"] == "http://127.0.0.1:54321/auth/v1"
    assert claims["exp"] - claims["iat"] == 3600
    assert [entry["method"] for entry in claims["amr"]] == ["password"]
    assert abs(claims["amr"][0]["timestamp"] - claims["iat"]) <= 1


async def test_a_password_signs_in_again_with_another_session(server):
    first = await server.sign_up()
    second = await server.sign_in("  ADA@example.org ")
    assert second.status == 200
    assert second.body["user"]["id"] == first["user"]["id"]
    sessions = {server.auth.verifier.verify(s["access_token"]).payload()["session_id"] for s in (first, second.body)}
    assert len(sessions) == 2


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
        ("ada@example.org", ""),
        ("ada@example.org", "x" * 10_000),
    ],
)
async def test_every_wrong_sign_in_gets_the_same_answer(server, email, password):
    await server.sign_up()
    answer = await server.sign_in(email, password)
    assert (answer.status, answer.body) == (
        400,
        {"code": "invalid_credentials", "message": "Invalid login credentials"},
    )
    assert answer.headers["x-sb-error-code"] == "invalid_credentials"
    assert SignInRefused("127.0.0.1") in server.seen


async def test_an_unknown_address_costs_as_much_as_a_wrong_password(accounts):
    """The work differs by less than a hash: both hash once. In time of the processor, with hashes that take long."""
    async with auth_server(accounts, hash_memory_kib=32_768, hash_passes=2, failed_sign_ins_per_hour=10_000) as server:
        await server.sign_up()

        async def seconds(email: str) -> float:
            began = time.process_time()
            assert (await server.sign_in(email, "wrong")).status == 400
            return time.process_time() - began

        # Turn by turn, and the least of each: other work of this process comes on top.
        pairs = [(await seconds("ada@example.org"), await seconds("nobody@example.org")) for _ in range(4)]
        known, unknown = (min(times) for times in zip(*pairs, strict=True))
        assert 0.5 < known / unknown < 2


async def test_a_wrong_password_is_answered_no_sooner_for_any_kind_of_account(accounts):
    """Hashes of imported accounts cost another time: every refusal takes at least that of an even answer."""
    async with auth_server(accounts, even_answer_ms=400) as server:
        await server.sign_up()
        stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        body = {"email": "old@example.org", "password_hash": stored, "email_confirm": True}
        await server.post("/admin/users", body, token=server.auth.api_keys.service_role_key)
        loop = asyncio.get_running_loop()
        for email in ("ada@example.org", "old@example.org", "nobody@example.org", "no address"):
            began = loop.time()
            assert (await server.sign_in(email, "wrong")).body["code"] == "invalid_credentials"
            assert loop.time() - began >= 0.4


async def test_a_taken_address_is_said_to_be_taken_where_addresses_need_no_confirmation(server):
    await server.sign_up()
    answer = await server.post("/signup", {"email": "ADA@example.org", "password": PASSWORD})
    assert (answer.status, answer.body["code"]) == (422, "user_already_exists")


async def test_a_taken_address_looks_like_a_free_one_where_addresses_are_confirmed(accounts):
    async with auth_server(accounts, autoconfirm=False) as server:
        answers = [await server.post("/signup", {"email": "ada@example.org", "password": PASSWORD}) for _ in range(2)]
        first, second = (answer.body for answer in answers)
        assert [answer.status for answer in answers] == [200, 200]
        assert first["id"] != second["id"]
        assert shape_of(first) == shape_of(second)
        assert "access_token" not in first
        assert (await server.sign_in()).body["code"] == "email_not_confirmed"
        service = server.auth.api_keys.service_role_key
        assert (await server.get("/admin/users", token=service)).headers["x-total-count"] == "1"


def shape_of(value):
    """Return the same object with everything that may differ between two accounts replaced by its type."""
    if isinstance(value, dict):
        return {key: shape_of(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape_of(inner) for inner in value]
    return value if value in {"ada@example.org", "email", "authenticated", "", True, False} else type(value)


async def test_of_many_sign_ups_with_one_address_at_once_one_wins(server):
    body = {"email": "ada@example.org", "password": PASSWORD}
    answers = await asyncio.gather(*(server.post("/signup", body) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [422] * 7


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "ada@example.org"}, 400, "validation_failed"),
        ({"email": "ada@example.org", "password": "short"}, 422, "weak_password"),
        ({"email": "ada@example.org", "password": "x" * 257}, 422, "weak_password"),
        ({"email": "not an address", "password": PASSWORD}, 400, "validation_failed"),
        ({"email": "a" * 250 + "@example.org", "password": PASSWORD}, 400, "validation_failed"),
        ({"email": "ada@" + "a." * 120 + "!", "password": PASSWORD}, 400, "validation_failed"),
        ({"email": "ada@example.org\u0000", "password": PASSWORD}, 400, "validation_failed"),
        ({"email": 7, "password": PASSWORD}, 400, "validation_failed"),
        ({"email": "ada@example.org", "password": PASSWORD, "data": "text"}, 400, "validation_failed"),
        ({"email": "ada@example.org", "password": PASSWORD, "data": {"a": ["\u0000"]}}, 400, "validation_failed"),
        ({"email": "ada@example.org", "password": PASSWORD, "data": {"a": "x" * 7000}}, 400, "validation_failed"),
        ({"email": "ada@example.org", "password": PASSWORD, "data": {"a": "x" * 70_000}}, 413, "request_too_large"),
        ({"phone": "+4930123456", "password": PASSWORD}, 400, "phone_provider_disabled"),
        ([], 400, "bad_json"),
        ("text", 400, "bad_json"),
    ],
)  # fmt: skip
async def test_a_sign_up_that_makes_no_sense_is_refused(server, body, status, code):
    answer = await server.post("/signup", body)
    assert (answer.status, answer.body["code"]) == (status, code)


async def test_a_body_that_is_no_json_is_refused(server):
    for content in (b"{", b"\xff", b'{"email": "\\ud800"}', b"[" * 20_000):
        async with server.http.post(server.url + "/signup", data=content) as response:
            assert (response.status, (await response.json())["error_code"]) == (400, "bad_json")


async def test_a_weak_password_names_its_reasons(server):
    answer = await server.post("/signup", {"email": "ada@example.org", "password": "short"})
    assert answer.body["weak_password"] == {"reasons": ["length"]}


async def test_clients_without_an_api_version_read_errors_in_the_older_shape(server):
    old = await server.post("/signup", {"email": "ada@example.org"}, headers={"X-Supabase-Api-Version": ""})
    assert old.body == {"code": 400, "error_code": "validation_failed", "msg": "Signup requires a valid password"}
    assert "x-supabase-api-version" not in old.headers
    new = await server.post("/signup", {"email": "ada@example.org"})
    assert new.body == {"code": "validation_failed", "message": "Signup requires a valid password"}
    assert new.headers["x-supabase-api-version"] == "2024-01-01"


async def test_a_guest_has_a_session_and_no_address(server):
    answer = await server.post("/signup", {"data": {"cart": 1}})
    user = answer.body["user"]
    assert answer.status == 200
    assert (user["is_anonymous"], user["email"], user["identities"]) == (True, "", [])
    assert user["user_metadata"] == {"cart": 1}
    claims = server.auth.verifier.verify(answer.body["access_token"]).payload()
    assert (claims["is_anonymous"], claims["role"]) == (True, "authenticated")
    assert claims["amr"][0]["method"] == "anonymous"


async def test_a_guest_becomes_a_person_with_the_same_id(server):
    guest = (await server.post("/signup", {})).body
    body = {"email": "ada@example.org", "password": PASSWORD}
    answer = await server.ask("PUT", "/user", body, token=guest["access_token"])
    assert answer.status == 200
    assert (answer.body["id"], answer.body["is_anonymous"]) == (guest["user"]["id"], False)
    assert answer.body["identities"][0]["provider"] == "email"
    assert (await server.sign_in()).body["user"]["id"] == guest["user"]["id"]


async def test_what_a_project_does_not_allow_is_refused(accounts):
    async with auth_server(accounts, sign_up=False) as server:
        for body in ({"email": "ada@example.org", "password": PASSWORD}, {}):
            assert (await server.post("/signup", body)).body["code"] == "signup_disabled"
    async with auth_server(accounts, anonymous_sign_in=False) as server:
        assert (await server.post("/signup", {})).body["code"] == "anonymous_provider_disabled"


async def test_hashes_of_older_costs_are_renewed_at_sign_in(accounts):
    async with auth_server(accounts) as server:
        await server.sign_up()
    async with auth_server(accounts, hash_passes=2) as server:
        assert (await server.sign_in()).status == 200
        async with server.auth.transaction() as connection:
            row = await (await connection.execute("select encrypted_password as h from auth.users")).fetchone()
        assert "t=2," in row["h"]
        assert (await server.sign_in()).status == 200


async def test_a_password_that_cannot_be_verified_is_a_wrong_one(server):
    await server.sign_up()
    async with server.auth.transaction() as connection:
        await connection.execute("update auth.users set encrypted_password = '$2a$10$abc'")
    assert (await server.sign_in()).body["code"] == "invalid_credentials"


async def test_a_failing_trigger_of_the_project_is_no_taken_address(database):
    database.run(
        "create table public.profiles (name text unique)",
        "insert into public.profiles values ('x')",
        "create function public.f() returns trigger language plpgsql security definer as "
        "$$ begin insert into public.profiles values ('x'); return new; end $$",
        "create trigger t after insert on auth.users for each row execute function public.f()",
    )
    async with auth_server(database) as server:
        answer = await server.post("/signup", {"email": "ada@example.org", "password": PASSWORD})
        assert (answer.status, answer.body["code"]) == (500, "unexpected_failure")
