from __future__ import annotations

import uuid
from uuid import UUID

import bcrypt
import pytest

from millstream.auth.settings import DEVELOPMENT_SECRET_KEY
from millstream.auth.store.users import load_user
from tests.fixtures.auth_server import PASSWORD


@pytest.fixture
def service(server):
    return server.auth.api_keys.service_role_key


async def test_an_account_made_by_an_administrator_can_sign_in(server, service):
    body = {
        "email": "Ada@example.org", "password": PASSWORD, "email_confirm": True,
        "user_metadata": {"name": "Ada"}, "app_metadata": {"plan": "pro"},
    }  # fmt: skip
    answer = await server.post("/admin/users", body, token=service)
    assert answer.status == 200
    assert answer.body["app_metadata"] == {"provider": "email", "providers": ["email"], "plan": "pro"}
    session = (await server.sign_in()).body
    claims = server.auth.verifier.verify(session["access_token"]).payload()
    assert claims["app_metadata"]["plan"] == "pro"
    assert claims["user_metadata"]["name"] == "Ada"


async def test_an_account_without_confirmation_cannot_sign_in_until_it_is_confirmed(server, service):
    made = (await server.post("/admin/users", {"email": "ada@example.org", "password": PASSWORD}, token=service)).body
    assert (await server.sign_in()).body["code"] == "email_not_confirmed"
    confirmed = await server.ask("PUT", f"/admin/users/{made['id']}", {"email_confirm": True}, token=service)
    assert "email_confirmed_at" in confirmed.body
    assert (await server.sign_in()).status == 200


async def test_ids_and_addresses_are_taken_once(server, service):
    wanted = {"id": str(uuid.uuid4()), "email": "ada@example.org"}
    assert (await server.post("/admin/users", wanted, token=service)).body["id"] == wanted["id"]
    same_address = await server.post("/admin/users", {"email": "ada@example.org"}, token=service)
    assert (same_address.status, same_address.body["code"]) == (422, "email_exists")
    same_id = await server.post("/admin/users", {**wanted, "email": "bob@example.org"}, token=service)
    assert (same_id.status, same_id.body["code"]) == (422, "user_already_exists")


async def test_accounts_are_listed_in_pages(server, service):
    for number in range(5):
        await server.post("/admin/users", {"email": f"p{number}@example.org"}, token=service)
    pages = [await server.get(f"/admin/users?page={page}&per_page=2", token=service) for page in (1, 2, 3, 4)]
    assert [len(page.body["users"]) for page in pages] == [2, 2, 1, 0]
    assert len({user["id"] for page in pages for user in page.body["users"]}) == 5
    assert pages[0].headers["x-total-count"] == "5"
    assert pages[0].headers["link"] == (
        '</admin/users?page=2&per_page=2>; rel="next", </admin/users?page=3&per_page=2>; rel="last"'
    )
    assert 'rel="next"' not in pages[2].headers["link"]
    for query in ("page=0", "page=x", "page=-1", "per_page=0", "page=" + "9" * 30, "page=٣"):
        assert (await server.get(f"/admin/users?{query}", token=service)).body["code"] == "validation_failed"


async def test_a_ban_ends_sessions_and_refuses_new_ones_until_it_is_lifted(server, service):
    session = await server.sign_up()
    path = f"/admin/users/{session['user']['id']}"
    banned = await server.ask("PUT", path, {"ban_duration": "1h30m"}, token=service)
    assert "banned_until" in banned.body
    assert (await server.sign_in()).body["code"] == "user_banned"
    assert (await server.refresh(session)).body["code"] == "refresh_token_not_found"
    assert (await server.get("/user", token=session["access_token"])).status == 403
    await server.ask("PUT", path, {"ban_duration": "none"}, token=service)
    assert (await server.sign_in()).status == 200
    for odd in ("forever", "", "1", "-1h", "1h-", "h"):
        assert (await server.ask("PUT", path, {"ban_duration": odd}, token=service)).body["code"] == "validation_failed"
    assert (await server.ask("PUT", path, {"ban_duration": "999999999h"}, token=service)).status == 200


async def test_metadata_merges_and_a_new_password_ends_sessions(server, service):
    session = await server.sign_up(data={"name": "Ada"})
    path = f"/admin/users/{session['user']['id']}"
    body = {"user_metadata": {"x": 1}, "app_metadata": {"role": "owner"}, "password": "another one"}
    changed = (await server.ask("PUT", path, body, token=service)).body
    assert (changed["user_metadata"]["name"], changed["user_metadata"]["x"]) == ("Ada", 1)
    assert changed["app_metadata"] == {"provider": "email", "providers": ["email"], "role": "owner"}
    assert (await server.refresh(session)).status == 400
    assert (await server.sign_in(password="another one")).status == 200


async def test_a_deleted_account_is_gone_with_its_sessions(server, service):
    session = await server.sign_up()
    path = f"/admin/users/{session['user']['id']}"
    answer = await server.ask("DELETE", path, token=service)
    assert (answer.status, answer.body) == (200, {})
    assert (await server.get(path, token=service)).status == 404
    assert (await server.ask("DELETE", path, token=service)).body["code"] == "user_not_found"
    assert (await server.get("/user", token=session["access_token"])).body["code"] == "user_not_found"
    assert (await server.refresh(session)).status == 400
    await server.sign_up()


async def test_a_softly_deleted_account_keeps_its_id_and_frees_its_address(server, service):
    session = await server.sign_up()
    path = f"/admin/users/{session['user']['id']}"
    await server.ask("DELETE", path, {"should_soft_delete": True}, token=service)
    left = (await server.get(path, token=service)).body
    assert "deleted_at" in left
    assert (left["email"], left["identities"]) == ("", [])
    assert (await server.get("/user", token=session["access_token"])).body["code"] == "user_not_found"
    assert (await server.sign_up())["user"]["id"] != left["id"]


@pytest.mark.parametrize("path", ["/admin/users/no-uuid", "/admin/users/00000000-0000-4000-8000-000000000000"])
async def test_an_account_that_is_not_there_is_not_found(server, service, path):
    for method in ("GET", "PUT", "DELETE"):
        answer = await server.ask(method, path, {} if method != "GET" else None, token=service)
        assert (answer.status, answer.body["code"]) == (404, "user_not_found")


async def test_only_the_service_role_administers(server, service):
    session = await server.sign_up()
    path = f"/admin/users/{session['user']['id']}"
    routes = [("POST", "/admin/users"), ("GET", "/admin/users"), ("GET", path), ("PUT", path), ("DELETE", path)]
    for method, route in routes:
        nobody = await server.ask(method, route)
        assert (nobody.status, nobody.body["code"]) == (401, "no_authorization")
        for token in (session["access_token"], server.auth.api_keys.anon_key):
            refused = await server.ask(method, route, token=token)
            assert (refused.status, refused.body["code"]) == (403, "not_admin")
        forged = await server.ask(method, route, token=service[:-3] + "AAA")
        assert (forged.status, forged.body["code"]) == (403, "bad_jwt")


async def test_a_secret_key_administers_but_not_from_a_browser(server):
    for headers in ({"apikey": DEVELOPMENT_SECRET_KEY}, {"Authorization": f"Bearer {DEVELOPMENT_SECRET_KEY}"}):
        assert (await server.get("/admin/users", headers=headers)).status == 200
        from_browser = {**headers, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
        refused = await server.get("/admin/users", headers=from_browser)
        assert (refused.status, refused.body["code"]) == (401, "secret_key_from_browser")


async def test_a_role_that_cannot_be_stored_is_refused(server, service):
    answer = await server.post("/admin/users", {"email": "ada@example.org", "role": "x" * 300}, token=service)
    assert (answer.status, answer.body["code"]) == (400, "validation_failed")


async def test_an_imported_account_signs_in_with_its_bcrypt_password_which_is_then_argon2id(server):
    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    admin = server.auth.api_keys.service_role_key
    body = {"email": "old@example.org", "password_hash": stored, "email_confirm": True}
    made = (await server.post("/admin/users", body, token=admin)).body
    assert (await server.sign_in("old@example.org", "wrong password")).body["code"] == "invalid_credentials"
    assert (await server.sign_in("old@example.org")).status == 200
    async with server.auth.transaction() as connection:
        user = await load_user(connection, UUID(made["id"]))
    assert user.password_hash.startswith("$argon2id$")
    assert (await server.sign_in("old@example.org")).status == 200
    refused = await server.post(
        "/admin/users", {**body, "email": "x@example.org", "password_hash": "plain"}, token=admin
    )
    assert refused.body["code"] == "validation_failed"
