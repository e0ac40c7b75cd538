"""What holds for every route: limits, other origins, unknown routes, keys, an unreachable database."""

from __future__ import annotations

import asyncio
import json

import pytest
from joserfc.jwk import ECKey
from psycopg import sql

from millstream.auth.keys import KeyRing
from millstream.auth.passwords import PasswordQueueFull
from tests.fixtures.auth_server import PASSWORD, auth_server

PREFLIGHT = {
    "Origin": "https://shop.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "apikey,authorization,content-type,x-client-info,x-supabase-api-version",
}


async def test_browsers_may_ask_from_other_origins(server):
    answer = await server.ask("OPTIONS", "/token", headers=PREFLIGHT)
    assert answer.status == 204
    allowed = {name.strip() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert set(PREFLIGHT["Access-Control-Request-Headers"].split(",")) <= allowed
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    refused = await server.post("/signup", {"email": "x"}, headers={"Origin": "https://shop.example"})
    assert refused.headers["access-control-allow-origin"] == "*"
    assert "x-supabase-api-version" in refused.headers["access-control-expose-headers"]


async def test_unknown_routes_and_methods_are_answered_in_the_clients_dialect(server):
    unknown = await server.get("/nothing")
    assert (unknown.status, unknown.body["code"]) == (404, "not_found")
    wrong = await server.get("/token")
    assert (wrong.status, wrong.body["code"]) == (405, "method_not_allowed")
    assert (await server.post("/token?grant_type=other", {})).status == 400


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/authorize?provider=google", "validation_failed"),
        ("POST", "/sso", "saml_provider_disabled"),
        ("POST", "/token?grant_type=id_token", "provider_disabled"),
        ("POST", "/token?grant_type=web3", "provider_disabled"),
    ],
)
async def test_what_is_not_offered_says_so(server, method, path, code):
    answer = await server.ask(method, path, {} if method == "POST" else None)
    assert 400 <= answer.status < 500
    assert answer.body["code"] == code


async def test_a_project_without_mail_refuses_what_needs_it(server):
    session, service = await server.sign_up(), server.auth.api_keys.service_role_key
    asked = {"email": "ada@example.org", "type": "signup"}
    assert (await server.post("/otp", asked)).body["code"] == "otp_disabled"
    for answer in (
        await server.post("/recover", asked),
        await server.post("/resend", asked),
        await server.post("/invite", asked, token=service),
        await server.get("/reauthenticate", token=session["access_token"]),
    ):
        assert (answer.status, answer.body["code"]) == (422, "email_provider_disabled")


async def test_settings_and_health_can_be_read_by_anybody(server):
    settings = (await server.get("/settings")).body
    assert settings["external"] == {"anonymous_users": True, "email": True, "phone": False}
    assert (settings["disable_signup"], settings["mailer_autoconfirm"]) == (False, True)
    assert (settings["mail_enabled"], settings["password_min_length"]) == (False, 6)
    assert settings["organisations_enabled"] is True
    assert (await server.get("/health")).body["name"] == "Millstream"


async def test_a_signing_key_is_published_and_rotates_during_traffic(accounts, tmp_path):
    path = tmp_path / "keys.json"
    async with auth_server(accounts, signing_keys_file=str(path)) as server:
        session = await server.sign_up()
        published = await server.get("/.well-known/jwks.json")
        assert [key["alg"] for key in published.body["keys"]] == ["ES256"]
        assert published.headers["cache-control"] == "public, max-age=600"
        old = ECKey.import_key(json.loads(path.read_text())["keys"][0])
        new = ECKey.generate_key("P-256", auto_kid=True)
        server.auth.use_keys(KeyRing(server.auth.settings.jwt_secret, [new, old]))
        assert len((await server.get("/.well-known/jwks.json")).body["keys"]) == 2
        assert (await server.get("/user", token=session["access_token"])).status == 200
        renewed = (await server.refresh(session)).body
        server.auth.use_keys(KeyRing(server.auth.settings.jwt_secret, [new]))
        assert (await server.get("/user", token=renewed["access_token"])).status == 200
        assert (await server.get("/user", token=session["access_token"])).body["code"] == "bad_jwt"


async def test_wrong_passwords_lock_an_account_for_a_while_known_or_not(accounts):
    async with auth_server(accounts, failed_sign_ins_per_hour=10) as server:
        await server.sign_up()
        for email in ("ada@example.org", "nobody@example.org"):
            answers = [await server.sign_in(email, "wrong") for _ in range(11)]
            assert [answer.status for answer in answers] == [400] * 10 + [429]
            assert answers[-1].body["code"] == "over_request_rate_limit"
            assert int(answers[-1].headers["retry-after"]) in range(300, 361)
        assert (await server.sign_in()).status == 429
        server.clock.moved = 361
        assert (await server.sign_in()).status == 200
        assert (await server.sign_in("ada@example.org", "wrong")).status == 400


async def test_a_network_address_has_its_limits(accounts):
    limits = {"sign_ups_per_hour": 2, "anonymous_sign_ins_per_hour": 1, "token_requests_per_hour": 3}
    async with auth_server(accounts, **limits) as server:
        statuses = [
            (await server.post("/signup", {"email": f"p{n}@example.org", "password": PASSWORD})).status
            for n in range(3)
        ]
        assert statuses == [200, 200, 429]
        assert [(await server.post("/signup", {})).status for _ in range(2)] == [200, 429]
        assert [(await server.sign_in("p0@example.org")).status for _ in range(4)] == [200, 200, 200, 429]


async def test_more_passwords_than_the_cores_can_hash_are_refused(accounts):
    async with auth_server(accounts, hash_memory_kib=65_536, hash_workers=1, hash_queue=2) as server:
        answers = await asyncio.gather(*(server.sign_in(f"p{n}@example.org") for n in range(12)))
        statuses = sorted(answer.status for answer in answers)
        assert set(statuses) == {400, 429}
        assert statuses.count(400) >= 3
        assert any(isinstance(observation, PasswordQueueFull) for observation in server.seen)
        assert (await server.sign_in()).status == 400


async def test_a_database_that_is_gone_is_an_outage_and_no_sign_out(database, cluster):
    async with auth_server(database) as server:
        session = await server.sign_up()
        with cluster.administrator() as administrator:
            name = sql.Identifier(database.name)
            administrator.execute(sql.SQL("alter database {} allow_connections false").format(name))
            administrator.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", (database.name,)
            )
        server.auth._pool.timeout = 0.2
        for answer in (await server.get("/user", token=session["access_token"]), await server.refresh(session)):
            assert answer.status == 503


async def test_what_happened_to_accounts_is_recorded(server):
    session = await server.sign_up()
    await server.sign_in()
    await server.ask("PUT", "/user", {"password": "another one"}, token=session["access_token"])
    await server.post("/logout", token=session["access_token"])
    async with server.auth.transaction() as connection:
        cursor = await connection.execute(
            "select payload->>'action' as action, payload->>'actor_id' as who, ip_address "
            "from auth.audit_log_entries order by created_at"
        )
        rows = await cursor.fetchall()
    assert [row["action"] for row in rows] == ["user_signedup", "login", "user_updated_password", "logout"]
    assert {row["who"] for row in rows} == {session["user"]["id"]}
    assert {row["ip_address"] for row in rows} == {"127.0.0.1"}


async def test_no_observation_and_no_record_holds_a_secret(server):
    session = await server.sign_up()
    await server.sign_in("ada@example.org", "a wrong secret")
    await server.refresh(session)
    async with server.auth.transaction() as connection:
        cursor = await connection.execute("select payload::text as text from auth.audit_log_entries")
        told = repr(server.seen) + repr(await cursor.fetchall())
    for secret in (PASSWORD, "a wrong secret", session["access_token"], session["refresh_token"]):
        assert secret not in told
