from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.fixtures.auth_server import PASSWORD, auth_server

EMAIL = "ada@example.org"


async def link(server, link_type, **more):
    body = {"type": link_type, "email": EMAIL, **more}
    return await server.post("/admin/generate_link", body, token=server.auth.api_keys.service_role_key)


async def follow(server, path):
    """Follow a link one step; return where it leads and what the fragment says."""
    async with server.http.get(server.url + path, allow_redirects=False) as response:
        target = urlsplit(response.headers["location"])
        assert response.status == 303
        return f"{target.scheme}://{target.netloc}{target.path}", dict(parse_qsl(target.fragment))


def path_of(made):
    parts = urlsplit(made["action_link"])
    return f"/verify?{parts.query}"


async def test_a_sign_up_link_confirms_the_address_and_signs_in(server):
    made = (await link(server, "signup", password=PASSWORD, data={"name": "Ada"})).body
    assert (made["email"], made["verification_type"], made["user_metadata"]["name"]) == (EMAIL, "signup", "Ada")
    assert len(made["email_otp"]) == 6
    assert (await server.sign_in()).body["code"] == "email_not_confirmed"
    session = await server.post("/verify", {"type": "signup", "token_hash": made["hashed_token"]})
    assert session.status == 200
    assert session.body["user"]["id"] == made["id"]
    assert session.body["user"]["user_metadata"]["email_verified"] is True
    assert (await server.sign_in()).status == 200


@pytest.mark.parametrize("link_type", ["magiclink", "recovery"])
async def test_a_link_for_an_account_signs_in_once(server, link_type):
    user = (await server.sign_up())["user"]
    made = (await link(server, link_type)).body
    asked = {"type": link_type, "token_hash": made["hashed_token"]}
    first, second = await server.post("/verify", asked), await server.post("/verify", asked)
    assert first.body["user"]["id"] == user["id"]
    assert (second.status, second.body["code"]) == (403, "otp_expired")


async def test_a_person_can_type_the_digits_instead(server):
    await server.sign_up()
    made = (await link(server, "magiclink")).body
    wrong = f"{(int(made['email_otp']) + 1) % 1_000_000:06d}"
    for token, email in ((wrong, EMAIL), (made["email_otp"], "nobody@example.org"), ("é", EMAIL)):
        refused = await server.post("/verify", {"type": "email", "email": email, "token": token})
        assert (refused.status, refused.body["code"]) == (403, "otp_expired")
    typed = await server.post("/verify", {"type": "email", "email": EMAIL.upper(), "token": made["email_otp"]})
    assert typed.status == 200
    assert server.auth.verifier.verify(typed.body["access_token"]).payload()["amr"][0]["method"] == "otp"


async def test_guessing_digits_is_limited_for_one_address(server):
    await server.sign_up()
    made = (await link(server, "magiclink")).body
    guess = {"type": "email", "email": EMAIL, "token": "not it"}
    statuses = [(await server.post("/verify", guess)).status for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    assert (await server.post("/verify", {**guess, "token": made["email_otp"]})).status == 429


async def test_a_link_expires_and_a_newer_one_replaces_it(server):
    await server.sign_up()
    old, new = (await link(server, "magiclink")).body, (await link(server, "magiclink")).body
    replaced = await server.post("/verify", {"type": "magiclink", "token_hash": old["hashed_token"]})
    assert replaced.body["code"] == "otp_expired"
    server.clock.moved = 3601
    expired = await server.post("/verify", {"type": "magiclink", "token_hash": new["hashed_token"]})
    assert expired.body["code"] == "otp_expired"


async def test_a_link_of_one_kind_is_none_of_another(server):
    await server.sign_up()
    made = (await link(server, "recovery")).body
    for other in ("signup", "invite"):
        answer = await server.post("/verify", {"type": other, "token_hash": made["hashed_token"]})
        assert answer.body["code"] == "otp_expired"
    for odd in ("", "sms", "recovery_token"):
        answer = await server.post("/verify", {"type": odd, "token_hash": made["hashed_token"]})
        assert answer.body["code"] == "validation_failed"


async def test_an_invited_person_gets_an_account_without_a_password(server):
    made = (await link(server, "invite")).body
    assert "invited_at" in made
    session = (await server.post("/verify", {"type": "invite", "token_hash": made["hashed_token"]})).body
    assert (await server.sign_in()).body["code"] == "invalid_credentials"
    set_password = await server.ask("PUT", "/user", {"password": PASSWORD}, token=session["access_token"])
    assert set_password.status == 200
    assert (await server.sign_in()).status == 200
    assert (await link(server, "invite")).body["code"] == "email_exists"


async def test_a_followed_link_leads_to_the_site_with_a_session_in_the_fragment(server):
    await server.sign_up()
    made = (await link(server, "magiclink")).body
    assert made["action_link"].startswith("http://127.0.0.1:54321/auth/v1/verify?")
    target, told = await follow(server, path_of(made))
    assert target == "http://127.0.0.1:54321"
    assert told["type"] == "magiclink"
    assert (await server.get("/user", token=told["access_token"])).body["email"] == EMAIL
    assert (await server.refresh(told)).status == 200
    _, again = await follow(server, path_of(made))
    assert (again["error"], again["error_code"]) == ("access_denied", "otp_expired")


async def test_looking_where_a_link_leads_does_not_use_it_up(server):
    await server.sign_up()
    made = (await link(server, "magiclink")).body
    async with server.http.head(server.url + path_of(made), allow_redirects=False) as looked:
        assert looked.status == 303
        assert "access_token" not in looked.headers["location"]
    assert "access_token" in (await follow(server, path_of(made)))[1]


async def test_a_link_leads_only_where_the_project_allows(accounts):
    async with auth_server(accounts, redirect_urls=("https://shop.example/app", "myapp://signed-in")) as server:
        await server.sign_up()
        allowed = ("https://shop.example/other", "myapp://signed-in", "http://127.0.0.1:54321/x")
        foreign = ("https://evil.example", "https://shop.example.evil", "myapp://elsewhere", "//evil.example", "")
        for wanted in (*allowed, *foreign):
            made = (await link(server, "magiclink", redirect_to=wanted)).body
            assert made["redirect_to"] == (wanted if wanted in allowed else "http://127.0.0.1:54321")
        forged = path_of(made).replace("redirect_to=", "redirect_to=https%3A%2F%2Fevil.example&x=")
        assert (await follow(server, forged))[0] == "http://127.0.0.1:54321"


async def test_links_are_made_for_the_service_role_only_and_make_sense(server):
    session = await server.sign_up()
    refused = await server.post("/admin/generate_link", {"type": "magiclink"}, token=session["access_token"])
    assert refused.body["code"] == "not_admin"
    assert (await link(server, "signup", password=PASSWORD)).body["code"] == "email_exists"
    assert (await link(server, "other")).body["code"] == "validation_failed"
    assert (await link(server, "recovery", email="nobody@example.org")).body["code"] == "user_not_found"
    assert (await link(server, "signup", email="bob@example.org")).body["code"] == "validation_failed"
    made = await link(server, "magiclink", email="bob@example.org")
    assert made.body["verification_type"] == "signup"


async def test_a_banned_person_is_not_let_in_by_a_link(server):
    user = (await server.sign_up())["user"]
    made = (await link(server, "magiclink")).body
    service = server.auth.api_keys.service_role_key
    await server.ask("PUT", f"/admin/users/{user['id']}", {"ban_duration": "1h"}, token=service)
    answer = await server.post("/verify", {"type": "magiclink", "token_hash": made["hashed_token"]})
    assert answer.body["code"] == "user_banned"


async def test_the_database_holds_neither_links_nor_digits(server):
    await server.sign_up()
    made = (await link(server, "magiclink")).body
    async with server.auth.transaction() as connection:
        rows = await (await connection.execute("select t.*, u.* from auth.one_time_tokens t, auth.users u")).fetchall()
    assert made["hashed_token"] not in repr(rows)
    assert made["email_otp"] not in {str(value) for row in rows for value in row.values()}
