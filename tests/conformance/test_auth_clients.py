"""Unmodified auth-js and supabase-auth do with accounts what applications do with them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError

from millstream.auth.totp import STEP_SECONDS, code_at, decode_secret
from tests.fixtures.auth_server import PASSWORD, AuthServer, auth_server
from tests.fixtures.issuer import running_issuer
from tests.fixtures.node import node_process
from tests.fixtures.postgres import Database

DEADLINE_SECONDS = 60
EMAIL = "grace@example.org"


@pytest.fixture(params=["HS256", "ES256"])
async def server(request, database: Database, tmp_path) -> AsyncIterator[AuthServer]:
    keys = {"signing_keys_file": str(tmp_path / "keys.json")} if request.param == "ES256" else {}
    async with auth_server(database, **keys) as running:
        yield running


@pytest.fixture
async def mailing(database: Database) -> AsyncIterator[AuthServer]:
    limits = {"mails_per_hour": 1000, "mails_per_hour_to_one": 1000}
    async with auth_server(database, mail=True, autoconfirm=False, **limits) as running:
        yield running


@pytest.fixture
async def client(server: AuthServer) -> AsyncIterator[AsyncGoTrueClient]:
    headers = {"apikey": server.auth.api_keys.anon_key, "Authorization": f"Bearer {server.auth.api_keys.anon_key}"}
    async with AsyncGoTrueClient(url=server.url, headers=headers, auto_refresh_token=False) as opened:
        yield opened


@pytest.fixture
async def admin(server: AuthServer) -> AsyncIterator[AsyncGoTrueClient]:
    key = server.auth.api_keys.service_role_key
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    async with AsyncGoTrueClient(url=server.url, headers=headers, auto_refresh_token=False) as opened:
        yield opened


async def test_supabase_py_signs_up_in_refreshes_and_out(client, server):
    signed_up = await client.sign_up({"email": EMAIL, "password": PASSWORD, "options": {"data": {"name": "Grace"}}})
    assert signed_up.session.expires_in == 3600
    assert signed_up.user.user_metadata["name"] == "Grace"
    signed_in = await client.sign_in_with_password({"email": EMAIL, "password": PASSWORD})
    assert signed_in.user.id == signed_up.user.id
    assert signed_in.user.identities[0].provider == "email"
    assert (await client.get_user()).user.id == signed_up.user.id
    refreshed = await client.refresh_session()
    assert refreshed.session.refresh_token != signed_in.session.refresh_token
    restored = await client.set_session(refreshed.session.access_token, refreshed.session.refresh_token)
    assert restored.user.id == signed_up.user.id
    updated = await client.update_user({"data": {"name": "Grace H."}})
    assert updated.user.user_metadata["name"] == "Grace H."
    assert len((await client.get_user_identities()).identities) == 1
    await client.sign_out()
    assert await client.get_session() is None
    with pytest.raises(AuthApiError) as refused:
        await client.get_user(refreshed.session.access_token)
    assert refused.value.code == "session_not_found"


async def test_supabase_py_reads_claims(client, server):
    await client.sign_up({"email": EMAIL, "password": PASSWORD})
    answer = await client.get_claims()
    assert answer["claims"]["role"] == "authenticated"
    assert ("kid" in answer["headers"]) == (answer["headers"]["alg"] == "ES256")


async def test_supabase_py_understands_refusals(client, server):
    await client.sign_up({"email": EMAIL, "password": PASSWORD})
    with pytest.raises(AuthApiError) as taken:
        await client.sign_up({"email": EMAIL, "password": PASSWORD})
    assert (taken.value.code, taken.value.status) == ("user_already_exists", 422)
    with pytest.raises(AuthApiError) as wrong:
        await client.sign_in_with_password({"email": EMAIL, "password": "wrong"})
    assert (wrong.value.code, wrong.value.message) == ("invalid_credentials", "Invalid login credentials")
    with pytest.raises(AuthWeakPasswordError) as weak:
        await client.sign_up({"email": "weak@example.org", "password": "abc"})
    assert weak.value.reasons == ["length"]
    with pytest.raises(AuthApiError) as otp:
        await client.sign_in_with_otp({"email": EMAIL})
    assert otp.value.code == "otp_disabled"


async def test_supabase_py_keeps_guests(client, server):
    guest = await client.sign_in_anonymously({"options": {"data": {"cart": 1}}})
    assert guest.user.is_anonymous
    person = await client.update_user({"email": EMAIL, "password": PASSWORD})
    assert (person.user.id, person.user.is_anonymous) == (guest.user.id, False)


async def test_supabase_py_administers_accounts(admin, server):
    made = await admin.admin.create_user({"email": EMAIL, "password": PASSWORD, "email_confirm": True})
    assert [user.id for user in await admin.admin.list_users()] == [made.user.id]
    assert (await admin.admin.get_user_by_id(made.user.id)).user.email == EMAIL
    changed = await admin.admin.update_user_by_id(made.user.id, {"app_metadata": {"plan": "pro"}})
    assert changed.user.app_metadata["plan"] == "pro"
    session = (await server.sign_in(EMAIL)).body
    await admin.admin.sign_out(session["access_token"])
    assert (await server.refresh(session)).status == 400
    await admin.admin.delete_user(made.user.id)
    assert await admin.admin.list_users() == []


async def test_supabase_py_uses_links_and_digits(client, admin, server):
    made = await admin.admin.generate_link({"type": "signup", "email": EMAIL, "password": PASSWORD})
    assert made.properties.verification_type == "signup"
    by_hash = await client.verify_otp({"type": "signup", "token_hash": made.properties.hashed_token})
    assert by_hash.session.user.id == made.user.id
    again = await admin.admin.generate_link({"type": "magiclink", "email": EMAIL})
    by_digits = await client.verify_otp({"type": "email", "email": EMAIL, "token": again.properties.email_otp})
    assert by_digits.user.id == made.user.id
    with pytest.raises(AuthApiError) as used:
        await client.verify_otp({"type": "email", "email": EMAIL, "token": again.properties.email_otp})
    assert used.value.code == "otp_expired"


@pytest.mark.node
async def test_auth_js_signs_up_in_refreshes_administers_and_out(server):
    keys = server.auth.api_keys
    arguments = (server.url.removesuffix("/auth/v1"), keys.anon_key, keys.service_role_key)
    async with asyncio.timeout(DEADLINE_SECONDS), node_process("auth.mjs", *arguments) as lines:
        steps = {line["step"]: line async for line in lines}
    assert steps["signUp"]["hasSession"]
    assert steps["signUp"]["metadata"]["name"] == "Grace"
    for step in ("signUp", "signInWithPassword", "getUser", "getClaims", "refreshSession", "updateUser", "signOut"):
        assert steps[step]["error"] is None, steps[step]
    assert len({steps[step]["id"] for step in ("signUp", "signInWithPassword", "getUser")}) == 1
    refusals = {
        "signUp again": "user_already_exists",
        "weak password": "weak_password",
        "wrong password": "invalid_credentials",
        "same password": "same_password",
        "signInWithOtp": "otp_disabled",
        "admin refused": "not_admin",
    }
    assert {step: steps[step]["error"]["code"] for step in refusals} == refusals
    assert steps["weak password"]["error"]["reasons"] == ["length"]
    assert steps["getClaims"]["role"] == "authenticated"
    assert steps["refreshSession"]["changed"]
    assert steps["two tabs"] == {"step": "two tabs", "errors": [None, None], "same": True}
    assert steps["signInAnonymously"]["isAnonymous"]
    assert steps["admin"]["errors"] == [None] * 5
    assert (steps["admin"]["page"], steps["admin"]["total"]) == (2, 3)
    assert (steps["admin"]["nextPage"], steps["admin"]["lastPage"]) == (2, 2)
    assert (steps["admin"]["read"], steps["admin"]["plan"]) == (True, "pro")
    assert steps["signOut"]["session"] is None
    assert steps["signOut"]["afterwards"]["name"] == "AuthSessionMissingError"
    assert {"SIGNED_IN", "TOKEN_REFRESHED", "USER_UPDATED", "SIGNED_OUT"} <= set(steps["signOut"]["events"])


def client_of(server: AuthServer, **how) -> AsyncGoTrueClient:
    return AsyncGoTrueClient(url=server.url, headers={"apikey": server.auth.api_keys.anon_key}, **how)


async def test_supabase_py_uses_mails(mailing):
    async with client_of(mailing, auto_refresh_token=False) as client:
        signed_up = await client.sign_up({"email": EMAIL, "password": PASSWORD})
        assert signed_up.session is None
        await client.resend({"type": "signup", "email": EMAIL})
        code = (await mailing.mail()).code
        confirmed = await client.verify_otp({"type": "signup", "email": EMAIL, "token": code})
        assert confirmed.user.email == EMAIL
        await client.sign_in_with_otp({"email": EMAIL})
        code = (await mailing.mail()).code
        assert (await client.verify_otp({"type": "email", "email": EMAIL, "token": code})).session is not None
        await client.reset_password_for_email(EMAIL)
        assert (await mailing.mail()).occasion == "recovery"
        await client.reauthenticate()
        nonce = (await mailing.mail()).code
        assert (await client.update_user({"password": "another password", "nonce": nonce})).user.email == EMAIL
        moved = await client.update_user({"email": "grace@example.net"})
        assert moved.user.new_email == "grace@example.net"


async def test_supabase_py_exchanges_a_code(mailing):
    async with client_of(mailing, auto_refresh_token=False, flow_type="pkce") as client:
        await client.sign_in_with_otp({"email": EMAIL})
        _, told = await mailing.follow(await mailing.mail())
        session = await client.exchange_code_for_session({"auth_code": told["code"]})
        assert session.user.email == EMAIL
        assert (await client.get_user()).user.id == session.user.id


async def test_supabase_py_uses_an_authenticator(client, server):
    await client.sign_up({"email": EMAIL, "password": PASSWORD})
    enrolled = await client.mfa.enroll({"factor_type": "totp", "friendly_name": "phone"})
    code = code_at(decode_secret(enrolled.totp.secret), int(server.clock()) // STEP_SECONDS)
    verified = await client.mfa.challenge_and_verify({"factor_id": enrolled.id, "code": code})
    assert verified.user.factors[0].status == "verified"
    level = await client.mfa.get_authenticator_assurance_level()
    assert level.current_level == "aal2"
    assert [factor.id for factor in (await client.mfa.list_factors()).totp] == [enrolled.id]
    assert (await client.mfa.unenroll({"factor_id": enrolled.id})).id == enrolled.id


@pytest.mark.node
async def test_auth_js_uses_mails_and_an_authenticator(mailing):
    keys = mailing.auth.api_keys
    arguments = (mailing.url.removesuffix("/auth/v1"), keys.anon_key, keys.service_role_key)
    async with asyncio.timeout(DEADLINE_SECONDS), node_process("auth-mail.mjs", *arguments) as lines:
        steps = {line.pop("step"): line async for line in lines}
    for step in steps.values():
        assert not any(step.get("errors", [])), steps
    assert steps["signUp"]["email"] == EMAIL
    assert steps["signUp"]["session"] is None
    assert steps["signInWithOtp"]["email"] == steps["exchangeCodeForSession"]["email"] == EMAIL
    assert steps["wrong code"]["error"]["code"] == "otp_expired"
    assert steps["stolen code"]["error"]["code"] == "bad_code_verifier"
    assert steps["updateUser email"] == {"error": None, "new_email": "grace@example.net"}
    assert steps["inviteUserByEmail"] == {"error": None, "to": "guest@example.org", "accepted": True, "table": 4}
    assert (steps["mfa"]["before"], steps["mfa"]["after"]) == ("aal1", "aal2")
    assert (steps["mfa"]["verified"], steps["mfa"]["seen"]) == (1, 1)
    assert steps["unenroll"] == {"error": None, "id": True}


@pytest.mark.node
async def test_auth_js_uses_links_of_administrators_scopes_and_is_told_what_is_not_offered(mailing):
    keys = mailing.auth.api_keys
    arguments = (mailing.url.removesuffix("/auth/v1"), keys.anon_key, keys.service_role_key)
    async with asyncio.timeout(DEADLINE_SECONDS), node_process("auth-rest.mjs", *arguments) as lines:
        steps = {line.pop("step"): line async for line in lines}
    links = {each: [None, EMAIL, "otp_expired"] for each in ("signup", "magiclink", "recovery")}
    assert steps["generateLink"]["links"] == {**links, "invite": [None, "guest@example.org", "otp_expired"]}
    assert steps["email change"] == {"change": [None] * 4, "id": True}
    assert steps["signOut others"] == {"error": None, "state": [None, "AuthSessionMissingError"]}
    assert steps["signOut local"] == {"error": None, "state": ["AuthSessionMissingError", None]}
    assert steps["admin signOut"] == {"error": None, "state": ["AuthSessionMissingError"]}
    assert steps["admin mfa"] == {"errors": [None] * 3, "left": 0}
    assert steps["resend"] == {"error": None}
    assert steps["not offered"]["codes"] == {
        "signInWithIdToken": "provider_disabled",
        "signInWithSSO": "saml_provider_disabled",
        "signInWithOtp by telephone": "phone_provider_disabled",
        "enroll a telephone": "mfa_phone_enroll_not_enabled",
    }


async def test_supabase_py_invites_signs_out_by_scope_and_removes_a_factor(mailing):
    key = mailing.auth.api_keys.service_role_key
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    async with (
        AsyncGoTrueClient(url=mailing.url, headers=headers, auto_refresh_token=False) as admin,
        client_of(mailing, auto_refresh_token=False) as one,
        client_of(mailing, auto_refresh_token=False) as two,
    ):
        invited = await admin.admin.invite_user_by_email(EMAIL, {"data": {"table": 4}})
        assert invited.user.user_metadata["table"] == 4
        await one.verify_otp({"type": "invite", "email": EMAIL, "token": (await mailing.mail()).code})
        await one.update_user({"password": PASSWORD})
        await two.sign_in_with_password({"email": EMAIL, "password": PASSWORD})
        second = (await two.get_session()).access_token
        await one.sign_out({"scope": "others"})
        with pytest.raises(AuthApiError) as ended:
            await two.get_user(second)
        assert ended.value.code == "session_not_found"
        enrolled = await one.mfa.enroll({"factor_type": "totp", "friendly_name": "phone"})
        of_whom = {"user_id": invited.user.id}
        assert [each.id for each in await admin.admin.mfa.list_factors(of_whom)] == [enrolled.id]
        assert (await admin.admin.mfa.delete_factor({**of_whom, "id": enrolled.id})).id == enrolled.id
        await one.sign_out({"scope": "local"})


BELIEVED = "http://127.0.0.1:54321"


@pytest.fixture
async def provided(database: Database) -> AsyncIterator[AuthServer]:
    """A project with two identity providers, which know the same person."""
    async with running_issuer() as issuer:
        both = json.loads(issuer.setting("google")) | json.loads(issuer.setting("keycloak"))
        async with auth_server(database, oidc_providers=json.dumps(both)) as running:
            yield running


@pytest.mark.node
async def test_auth_js_signs_in_by_a_provider_and_links_an_identity(provided):
    arguments = (provided.url.removesuffix("/auth/v1"), provided.auth.api_keys.anon_key, BELIEVED)
    async with asyncio.timeout(DEADLINE_SECONDS), node_process("auth-oauth.mjs", *arguments) as lines:
        steps = {line.pop("step"): line async for line in lines}
    signed_in, linked = steps["signInWithOAuth"], steps["linkIdentity"]
    assert signed_in == {
        "errors": [None, None],
        "provider": "google",
        "email": "ada@example.org",
        "providers": ["google"],
    }
    assert linked == {"errors": [None] * 5, "linked": ["email", "keycloak"], "rest": ["email"]}
    assert steps["last identity"]["error"]["code"] == "single_identity_not_deletable"


async def test_supabase_py_signs_in_by_a_provider_and_takes_the_identity_away(provided):
    async with client_of(provided, auto_refresh_token=False, flow_type="pkce") as client:
        begun = await client.sign_in_with_oauth({"provider": "google", "options": {"scopes": "calendar"}})
        told = await come_back(provided, begun.url)
        session = await client.exchange_code_for_session({"auth_code": told["code"]})
        assert session.user.app_metadata["providers"] == ["google"]
        linking = await client.link_identity({"provider": "keycloak"})
        told = await come_back(provided, linking.url)
        linked = await client.exchange_code_for_session({"auth_code": told["code"]})
        assert linked.user.app_metadata["providers"] == ["google", "keycloak"]
        first, second = (await client.get_user_identities()).identities
        await client.unlink_identity(first)
        with pytest.raises(AuthApiError) as last:
            await client.unlink_identity(second)
        assert last.value.code == "single_identity_not_deletable"


async def come_back(server: AuthServer, url: str) -> dict[str, str]:
    """Go where a browser is sent, until it comes back to the site; return what the URL says there."""
    while urlsplit(url).path:
        local = url.replace(BELIEVED, server.url.removesuffix("/auth/v1"))
        async with server.http.get(local, allow_redirects=False) as answer:
            url = answer.headers["location"]
    return dict(parse_qsl(urlsplit(url).query))
