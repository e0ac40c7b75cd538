from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.fixtures.auth_server import PASSWORD, auth_server

ADA, BOB, EVE = "ada@example.org", "bob@example.org", "eve@example.org"


@pytest.fixture
async def inviting(accounts):
    """The auth API of a project that sends mail and where addresses count as confirmed, without an account."""
    async with auth_server(accounts, mail=True) as server:
        await server.begin_anew()
        yield server


async def token_of(server, email, **more):
    return (await server.sign_up(email, **more))["access_token"]


async def made(server, token, name="Grand Lodge"):
    return (await server.post("/organisations", {"name": name}, token=token)).body


async def invited(server, token, organisation, email, role="staff"):
    """Invite somebody; return the token of the mail."""
    answer = await server.post(
        f"/organisations/{organisation['id']}/invitations", {"email": email, "role": role}, token=token
    )
    assert answer.status == 200, answer
    return await invitation_token(server)


async def invitation_token(server):
    async with server.auth.transaction() as connection:
        row = await (
            await connection.execute(
                "select text_body from millstream.mails where occasion = 'organisation_invitation' "
                "order by created_at desc limit 1"
            )
        ).fetchone()
    link = next(line.strip() for line in row["text_body"].splitlines() if line.strip().startswith("http"))
    return dict(parse_qsl(urlsplit(link).fragment))["invitation"]


async def joined(server, owner, organisation, email, role="staff"):
    """Let somebody new join; return the access token."""
    token = await token_of(server, email)
    invitation = await invited(server, owner, organisation, email, role)
    assert (await server.post("/invitations/accept", {"token": invitation}, token=token)).status == 200
    return token


async def roles(server, token, organisation):
    answer = await server.get(f"/organisations/{organisation['id']}/members", token=token)
    return {member["email"]: member["role"] for member in answer.body["members"]}


def claims_of(server, session):
    return server.auth.verifier.verify(session["access_token"]).payload()


async def test_whoever_makes_an_organisation_owns_it_and_the_next_token_says_so(inviting):
    session = await inviting.sign_up(ADA)
    organisation = await made(inviting, session["access_token"], "Große  Loge")
    assert (organisation["name"], organisation["slug"], organisation["role"]) == ("Große Loge", "grosse-loge", "owner")
    assert "organisations" not in claims_of(inviting, session)
    renewed = (await inviting.refresh(session)).body
    assert claims_of(inviting, renewed)["organisations"] == {organisation["id"]: "owner"}
    listed = await inviting.get("/organisations", token=session["access_token"])
    assert [each["id"] for each in listed.body["organisations"]] == [organisation["id"]]


async def test_an_organisation_is_changed_by_owners_and_managers_and_unknown_to_strangers(inviting):
    ada, eve = await token_of(inviting, ADA), await token_of(inviting, EVE)
    path = f"/organisations/{(await made(inviting, ada))['id']}"
    wanted = {"timezone": "Europe/Vienna", "currency": "CHF", "settings": {"theme": "blue"}, "slug": "lodge-7"}
    changed = (await inviting.ask("PATCH", path, wanted, token=ada)).body
    assert {name: changed[name] for name in wanted} == wanted
    for method, below in (("GET", ""), ("PATCH", ""), ("GET", "/members"), ("GET", "/invitations")):
        refused = await inviting.ask(method, path + below, {} if method == "PATCH" else None, token=eve)
        assert (refused.status, refused.body["code"]) == (404, "organisation_not_found")
    for wrong in ({"timezone": "Mars/Base"}, {"currency": "euro"}, {"slug": "A b"}, {"name": " "}):
        assert (await inviting.ask("PATCH", path, wrong, token=ada)).body["code"] == "validation_failed"


async def test_equal_names_get_different_slugs_and_a_chosen_slug_is_taken_once(inviting):
    ada = await token_of(inviting, ADA)
    first, second = await made(inviting, ada), await made(inviting, ada)
    assert first["slug"] == "grand-lodge" != second["slug"]
    taken = await inviting.post("/organisations", {"name": "Other", "slug": "grand-lodge"}, token=ada)
    assert (taken.status, taken.body["code"]) == (409, "slug_taken")


async def test_an_invited_account_joins_with_the_token_of_the_mail_once(inviting):
    ada, bob, eve = [await token_of(inviting, email) for email in (ADA, BOB, EVE)]
    organisation = await made(inviting, ada)
    token = await invited(inviting, ada, organisation, BOB)
    looked = (await inviting.post("/invitations/read", {"token": token})).body
    assert (looked["organisation"]["name"], looked["email"], looked["role"]) == ("Grand Lodge", BOB, "staff")
    assert looked["has_account"] is True
    stolen = await inviting.post("/invitations/accept", {"token": token}, token=eve)
    assert (stolen.status, stolen.body["code"]) == (403, "invitation_for_another")
    accepted = await inviting.post("/invitations/accept", {"token": token}, token=bob)
    assert (accepted.status, accepted.body["role"]) == (200, "staff")
    again = await inviting.post("/invitations/accept", {"token": token}, token=bob)
    assert (again.status, again.body["code"]) == (404, "invitation_not_found")
    assert await roles(inviting, bob, organisation) == {ADA: "owner", BOB: "staff"}


async def test_an_account_sees_its_invitations_and_joins_by_their_id(inviting):
    ada, bob, eve = [await token_of(inviting, email) for email in (ADA, BOB, EVE)]
    await invited(inviting, ada, await made(inviting, ada), BOB)
    [seen] = (await inviting.get("/invitations", token=bob)).body["invitations"]
    assert (await inviting.get("/invitations", token=eve)).body == {"invitations": []}
    refused = await inviting.post("/invitations/accept", {"id": seen["id"]}, token=eve)
    assert refused.body["code"] == "invitation_not_found"
    assert (await inviting.post("/invitations/accept", {"id": seen["id"]}, token=bob)).status == 200


async def test_somebody_new_joins_and_gets_an_account_with_the_token_of_the_mail(accounts):
    async with auth_server(accounts, mail=True, autoconfirm=False, sign_up=False) as server:
        await server.begin_anew()
        admin = server.auth.api_keys.service_role_key
        await server.post("/admin/users", {"email": ADA, "password": PASSWORD, "email_confirm": True}, token=admin)
        ada = (await server.sign_in(ADA)).body["access_token"]
        organisation = await made(server, ada)
        token = await invited(server, ada, organisation, BOB, "manager")
        assert (await server.post("/invitations/read", {"token": token})).body["has_account"] is False
        weak = await server.post("/invitations/accept", {"token": token, "password": "short"})
        assert weak.body["code"] == "weak_password"
        body = {"token": token, "password": PASSWORD, "data": {"full_name": "Bob"}}
        session = (await server.post("/invitations/accept", body)).body
        assert session["user"]["email_confirmed_at"]
        assert claims_of(server, session)["organisations"] == {organisation["id"]: "manager"}
        assert (await server.post("/invitations/accept", body)).body["code"] == "invitation_not_found"
        assert (await server.sign_in(BOB)).status == 200


async def test_a_token_does_not_open_an_account_that_exists(inviting):
    ada = await token_of(inviting, ADA)
    await token_of(inviting, BOB)
    token = await invited(inviting, ada, await made(inviting, ada), BOB)
    taken = await inviting.post("/invitations/accept", {"token": token, "password": "another password"})
    assert (taken.status, taken.body["code"]) == (422, "user_already_exists")
    assert (await inviting.sign_in(BOB)).status == 200


async def test_revoked_replaced_expired_and_orphaned_invitations_count_no_more(inviting):
    ada, bob = await token_of(inviting, ADA), await token_of(inviting, BOB)
    organisation = await made(inviting, ada)
    path = f"/organisations/{organisation['id']}"
    replaced = await invited(inviting, ada, organisation, BOB)
    revoked = await invited(inviting, ada, organisation, BOB)
    [listed] = (await inviting.get(f"{path}/invitations", token=ada)).body["invitations"]
    assert (await inviting.ask("DELETE", f"{path}/invitations/{listed['id']}", token=ada)).status == 204
    boss = await joined(inviting, ada, organisation, "boss@example.org", "manager")
    orphaned = await invited(inviting, boss, organisation, BOB)
    assert (await inviting.ask("DELETE", f"{path}/members/me", token=boss)).status == 204
    expired = await invited(inviting, ada, organisation, BOB)
    inviting.clock.moved = 8 * 86_400
    bob = (await inviting.sign_in(BOB)).body["access_token"]
    for token in (replaced, revoked, orphaned, expired, "", "guessed"):
        answer = await inviting.post("/invitations/accept", {"token": token}, token=bob)
        assert (answer.status, answer.body["code"]) == (404, "invitation_not_found")


async def test_managers_rule_those_below_them_alone(inviting):
    ada = await token_of(inviting, ADA)
    organisation = await made(inviting, ada)
    path = f"/organisations/{organisation['id']}"
    boss = await joined(inviting, ada, organisation, BOB, "manager")
    eve = await joined(inviting, boss, organisation, EVE, "staff")
    ids = {
        each["email"]: each["user_id"] for each in (await inviting.get(f"{path}/members", token=ada)).body["members"]
    }

    async def refused(method, below, body, token):
        answer = await inviting.ask(method, path + below, body, token=token)
        return (answer.status, answer.body["code"]) == (403, "role_too_low")

    assert await refused("POST", "/invitations", {"email": "x@example.org", "role": "manager"}, boss)
    assert await refused("PATCH", f"/members/{ids[EVE]}", {"role": "manager"}, boss)
    assert await refused("PATCH", f"/members/{ids[BOB]}", {"role": "owner"}, boss)
    assert await refused("DELETE", f"/members/{ids[ADA]}", None, boss)
    assert await refused("POST", "/invitations", {"email": "x@example.org", "role": "customer"}, eve)
    assert await refused("GET", "/invitations", None, eve)
    assert await refused("PATCH", "", {"name": "Mine"}, eve)
    lowered = await inviting.ask("PATCH", f"{path}/members/{ids[EVE]}", {"role": "customer"}, token=boss)
    assert lowered.body == {"user_id": ids[EVE], "role": "customer"}
    assert await roles(inviting, eve, organisation) == {EVE: "customer"}
    assert (await inviting.ask("DELETE", f"{path}/members/{ids[EVE]}", token=boss)).status == 204
    assert (await inviting.get(path, token=eve)).status == 404


async def test_the_last_owner_cannot_go_in_any_way(inviting):
    ada = await token_of(inviting, ADA)
    organisation = await made(inviting, ada)
    path = f"/organisations/{organisation['id']}/members"
    user = (await inviting.get("/user", token=ada)).body
    admin = inviting.auth.api_keys.service_role_key
    for method, where, body, token in (
        ("DELETE", f"{path}/me", None, ada),
        ("PATCH", f"{path}/me", {"role": "manager"}, ada),
        ("DELETE", f"/admin/users/{user['id']}", None, admin),
        ("DELETE", f"/admin/users/{user['id']}", {"should_soft_delete": True}, admin),
    ):
        answer = await inviting.ask(method, where, body, token=token)
        assert (answer.status, answer.body["code"]) == (409, "last_owner")
    assert await roles(inviting, ada, organisation) == {ADA: "owner"}


async def test_of_two_owners_who_leave_at_once_one_stays(inviting):
    ada = await token_of(inviting, ADA)
    organisation = await made(inviting, ada)
    bob = await joined(inviting, ada, organisation, BOB, "owner")
    path = f"/organisations/{organisation['id']}/members/me"
    answers = await asyncio.gather(*(inviting.ask("DELETE", path, token=token) for token in (ada, bob)))
    assert sorted(answer.status for answer in answers) == [204, 409]


async def test_guests_and_closed_projects_make_no_organisations(accounts):
    async with auth_server(accounts, mail=True, organisations_per_account=1) as server:
        guest = (await server.post("/signup", {})).body["access_token"]
        refused = await server.post("/organisations", {"name": "Guests"}, token=guest)
        assert (refused.status, refused.body["code"]) == (403, "account_needed")
        ada = await token_of(server, "one@example.org")
        await made(server, ada)
        assert (await made(server, ada))["code"] == "organisations_disabled"
    async with auth_server(accounts, create_organisations=False) as server:
        assert (await made(server, await token_of(server, "two@example.org")))["code"] == "organisations_disabled"


async def test_what_happens_in_an_organisation_is_in_the_audit_log(inviting):
    ada = await token_of(inviting, ADA)
    organisation = await made(inviting, ada)
    await joined(inviting, ada, organisation, BOB)
    async with inviting.auth.transaction() as connection:
        cursor = await connection.execute(
            "select payload ->> 'action' as action from auth.audit_log_entries "
            "where payload -> 'traits' ->> 'organisation_id' = %s order by created_at",
            (organisation["id"],),
        )
        actions = [row["action"] for row in await cursor.fetchall()]
    assert actions == ["organisation_created", "member_invited", "invitation_accepted"]
