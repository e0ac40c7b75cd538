"""What the project mails, to whom, and what following it does; and that answers do not tell who has an account."""

from __future__ import annotations

import asyncio
import time
from statistics import median

import pytest

from tests.fixtures.auth_server import PASSWORD, auth_server

EMAIL = "ada@example.org"
NEW = "ada@example.net"
NOBODY = "nobody@example.org"


async def confirmed(server, email=EMAIL):
    """Sign up and confirm; return the session."""
    await server.post("/signup", {"email": email, "password": PASSWORD})
    mail = await server.mail()
    return (await server.post("/verify", {"type": "signup", "email": email, "token": mail.code})).body


async def test_a_sign_up_is_confirmed_by_the_link_or_the_code_of_its_mail(mailing):
    answer = await mailing.post("/signup", {"email": EMAIL, "password": PASSWORD})
    assert "access_token" not in answer.body
    assert "confirmation_sent_at" in answer.body
    mail = await mailing.mail()
    assert (mail.to, mail.occasion) == (EMAIL, "confirmation")
    assert (await mailing.sign_in()).body["code"] == "email_not_confirmed"
    _, told = await mailing.follow(mail)
    assert told["type"] == "signup"
    assert (await mailing.get("/user", token=told["access_token"])).body["email"] == EMAIL
    assert (await mailing.sign_in()).status == 200
    session = await confirmed(mailing, "bob@example.org")
    assert session["user"]["user_metadata"]["email_verified"] is True


async def test_signing_up_again_before_the_confirmation_mails_again_and_the_last_password_counts(mailing):
    first = await mailing.post("/signup", {"email": EMAIL, "password": "of somebody else"})
    second = await mailing.post("/signup", {"email": EMAIL, "password": PASSWORD, "data": {"name": "Ada"}})
    assert first.body["id"] != second.body["id"]
    early, late = await mailing.mails()
    assert (await mailing.follow(early))[1]["error_code"] == "otp_expired"
    assert "access_token" in (await mailing.follow(late))[1]
    assert (await mailing.sign_in(EMAIL, "of somebody else")).status == 400
    signed_in = await mailing.sign_in()
    assert signed_in.body["user"]["user_metadata"]["name"] == "Ada"


async def test_a_confirmed_address_that_signs_up_again_hears_nothing_and_the_answer_does_not_tell(mailing):
    await confirmed(mailing)
    before = len(await mailing.mails())
    taken = await mailing.post("/signup", {"email": EMAIL, "password": "another one"})
    assert len(await mailing.mails()) == before
    free = await mailing.post("/signup", {"email": "bob@example.org", "password": "another one"})
    assert taken.body.keys() == free.body.keys()
    assert (await mailing.sign_in()).status == 200


async def test_a_mailed_link_signs_in_and_makes_an_account_where_asked(mailing):
    assert (await mailing.post("/otp", {"email": EMAIL, "data": {"name": "Ada"}})).body == {}
    mail = await mailing.mail()
    assert mail.occasion == "magic_link"
    session = (await mailing.post("/verify", {"type": "email", "email": EMAIL, "token": mail.code})).body
    assert session["user"]["user_metadata"]["name"] == "Ada"
    await mailing.post("/magiclink", {"email": EMAIL})
    _, told = await mailing.follow(await mailing.mail())
    assert told["type"] == "magiclink"


@pytest.mark.parametrize("path", ["/otp", "/recover"])
async def test_nobody_is_mailed_at_an_unknown_address_and_the_answer_is_the_same(mailing, path):
    await confirmed(mailing)
    before = len(await mailing.mails())
    unknown = await mailing.post(path, {"email": NOBODY, "create_user": False})
    assert len(await mailing.mails()) == before
    known = await mailing.post(path, {"email": EMAIL, "create_user": False})
    assert (unknown.status, unknown.body) == (known.status, known.body) == (200, {})
    assert len(await mailing.mails()) == before + 1


async def test_resending_does_not_tell_who_signed_up(mailing):
    await mailing.post("/signup", {"email": EMAIL, "password": PASSWORD})
    answers = [await mailing.post("/resend", {"type": "signup", "email": email}) for email in (EMAIL, NOBODY)]
    assert [(answer.status, answer.body) for answer in answers] == [(200, {})] * 2
    assert [mail.to for mail in await mailing.mails()] == [EMAIL, EMAIL]
    assert "access_token" in (await mailing.follow(await mailing.mail()))[1]
    await mailing.post("/resend", {"type": "signup", "email": EMAIL})
    assert len(await mailing.mails()) == 2
    odd = await mailing.post("/resend", {"type": "recovery", "email": EMAIL})
    assert odd.body["code"] == "validation_failed"


@pytest.mark.slow
async def test_time_does_not_tell_who_has_an_account(accounts):
    limits = {"mails_per_hour": 10_000, "mails_per_hour_to_one": 10_000}
    async with auth_server(accounts, mail=True, even_answer_ms=150, **limits) as server:
        await server.sign_up()

        async def seconds(email):
            began = time.perf_counter()
            await server.post("/recover", {"email": email})
            return time.perf_counter() - began

        known = [await seconds(EMAIL) for _ in range(5)]
        unknown = [await seconds(NOBODY) for _ in range(5)]
    assert min(unknown) >= 0.15
    assert abs(median(known) - median(unknown)) < 0.05


async def test_a_forgotten_password_is_replaced_by_whoever_reads_the_mail(mailing):
    await confirmed(mailing)
    await mailing.post("/recover", {"email": EMAIL})
    mail = await mailing.mail()
    assert mail.occasion == "recovery"
    _, told = await mailing.follow(mail)
    assert told["type"] == "recovery"
    changed = await mailing.ask("PUT", "/user", {"password": "remembered now"}, token=told["access_token"])
    assert changed.status == 200
    assert (await mailing.sign_in(EMAIL, "remembered now")).status == 200


async def test_a_password_set_before_the_address_was_proved_does_not_survive_a_mailed_sign_in(mailing):
    await mailing.post("/signup", {"email": EMAIL, "password": "the squatter knows it"})
    await mailing.post("/otp", {"email": EMAIL})
    assert "access_token" in (await mailing.follow(await mailing.mail()))[1]
    assert (await mailing.sign_in(EMAIL, "the squatter knows it")).body["code"] == "invalid_credentials"


async def test_an_invitation_makes_an_account_that_its_owner_accepts(mailing):
    service = mailing.auth.api_keys.service_role_key
    invited = await mailing.post("/invite?redirect_to=http://127.0.0.1:54321/welcome", {"email": EMAIL}, token=service)
    assert (invited.body["email"], "invited_at" in invited.body) == (EMAIL, True)
    mail = await mailing.mail()
    assert (mail.to, mail.occasion) == (EMAIL, "invitation")
    target, told = await mailing.follow(mail)
    assert (target, told["type"]) == ("http://127.0.0.1:54321/welcome", "invite")
    again = await mailing.post("/invite", {"email": EMAIL}, token=service)
    assert (again.status, again.body["code"]) == (422, "email_exists")
    refused = await mailing.post("/invite", {"email": NOBODY}, token=told["access_token"])
    assert refused.body["code"] == "not_admin"


@pytest.mark.parametrize("first", ["sign-up", "invitation"])
async def test_nobody_gets_into_an_account_by_signing_up_for_the_address_of_a_guest(mailing, first):
    service = mailing.auth.api_keys.service_role_key
    squatter = {"email": EMAIL, "password": "the squatter knows it"}
    if first == "sign-up":
        await mailing.post("/signup", squatter)
        await mailing.post("/invite", {"email": EMAIL}, token=service)
    else:
        await mailing.post("/invite", {"email": EMAIL}, token=service)
        await mailing.post("/signup", squatter)
    mail = await mailing.mail()
    assert mail.occasion == "invitation"
    assert "access_token" in (await mailing.follow(mail))[1]
    assert (await mailing.sign_in(EMAIL, squatter["password"])).body["code"] == "invalid_credentials"


async def test_an_address_changes_when_both_addresses_have_confirmed(mailing):
    session = await confirmed(mailing)
    asked = await mailing.ask("PUT", "/user", {"email": NEW}, token=session["access_token"])
    assert (asked.body["email"], asked.body["new_email"]) == (EMAIL, NEW)
    to_new, to_old = (await mailing.mails())[-2:]
    assert {to_new.to, to_old.to} == {NEW, EMAIL}
    _, half = await mailing.follow(to_new)
    assert half["message"].startswith("Confirmation link accepted")
    assert (await mailing.follow(to_new))[1]["error_code"] == "otp_expired"
    done = await mailing.post("/verify", {"type": "email_change", "email": to_old.to, "token": to_old.code})
    user = done.body["user"]
    assert (user["email"], user["identities"][0]["email"], "new_email" in user) == (NEW, NEW, False)
    assert (await mailing.sign_in(NEW)).status == 200
    assert (await mailing.sign_in(EMAIL)).status == 400


async def test_one_confirmation_of_a_change_can_be_typed_first(mailing):
    session = await confirmed(mailing)
    await mailing.ask("PUT", "/user", {"email": NEW}, token=session["access_token"])
    to_new, to_old = sorted((await mailing.mails())[-2:], key=lambda mail: mail.to)
    half = await mailing.post("/verify", {"type": "email_change", "email": to_new.to, "token": to_new.code})
    assert half.body["msg"].startswith("Confirmation link accepted")
    assert "access_token" in (await mailing.follow(to_old))[1]


async def test_a_change_to_a_taken_address_looks_the_same_and_mails_nobody(mailing):
    await confirmed(mailing, NEW)
    session = await confirmed(mailing)
    before = len(await mailing.mails())
    taken = await mailing.ask("PUT", "/user", {"email": NEW}, token=session["access_token"])
    assert len(await mailing.mails()) == before
    free = await mailing.ask("PUT", "/user", {"email": "free@example.net"}, token=session["access_token"])
    assert taken.body.keys() == free.body.keys()


async def test_an_address_taken_while_the_mail_was_under_way_is_not_given_twice(mailing):
    session = await confirmed(mailing)
    await mailing.ask("PUT", "/user", {"email": NEW}, token=session["access_token"])
    first, second = (await mailing.mails())[-2:]
    await confirmed(mailing, NEW)
    await mailing.follow(first)
    assert (await mailing.follow(second))[1]["error_code"] == "email_exists"


async def test_a_link_to_an_address_that_was_given_up_counts_no_more(accounts):
    async with auth_server(accounts, mail=True, autoconfirm=False, confirm_change_twice=False) as server:
        session = await confirmed(server)
        await server.ask("PUT", "/user", {"email": NEW}, token=session["access_token"])
        change = await server.mail()
        await server.post("/recover", {"email": EMAIL})
        old_recovery = await server.mail()
        assert "access_token" in (await server.follow(change))[1]
        assert (await server.follow(old_recovery))[1]["error_code"] == "otp_expired"


async def test_a_guest_becomes_a_person_by_confirming_an_address(mailing):
    guest = (await mailing.post("/signup", {"data": {"cart": 1}})).body
    await mailing.ask("PUT", "/user", {"email": EMAIL}, token=guest["access_token"])
    mail = await mailing.mail()
    session = (await mailing.post("/verify", {"type": "email_change", "email": EMAIL, "token": mail.code})).body
    assert (session["user"]["id"], session["user"]["is_anonymous"]) == (guest["user"]["id"], False)
    assert session["user"]["user_metadata"]["cart"] == 1


async def test_an_administrator_gets_the_links_of_a_change_of_address(mailing):
    await confirmed(mailing)
    service = mailing.auth.api_keys.service_role_key
    made = {}
    for kind in ("email_change_current", "email_change_new"):
        body = {"type": kind, "email": EMAIL, "new_email": NEW}
        made[kind] = (await mailing.post("/admin/generate_link", body, token=service)).body
        assert made[kind]["verification_type"] == kind
    for each in made.values():
        answer = await mailing.post("/verify", {"type": "email_change", "token_hash": each["hashed_token"]})
    assert answer.body["user"]["email"] == NEW


async def test_a_new_password_needs_a_mailed_code_when_the_sign_in_is_old_and_the_project_says_so(accounts):
    settings = {"reauthenticate_for_password": True, "access_token_seconds": 600_000}
    async with auth_server(accounts, mail=True, **settings) as server:
        token = (await server.sign_up())["access_token"]
        server.clock.moved = 25 * 3600

        async def change(**more):
            return await server.ask("PUT", "/user", {"password": "a new password", **more}, token=token)

        assert (await change()).body["code"] == "reauthentication_needed"
        assert (await server.get("/reauthenticate", token=token)).body == {}
        mail = await server.mail()
        assert (mail.occasion, mail.link) == ("reauthentication", "")
        assert (await change(nonce="not it")).body["code"] == "reauthentication_not_valid"
        assert (await change(nonce=mail.code)).status == 200
        assert (await change(nonce=mail.code)).body["code"] == "reauthentication_not_valid"


async def test_mails_are_limited_for_whoever_orders_them_and_for_whoever_gets_them(accounts):
    async with auth_server(accounts, mail=True, mails_per_hour=6) as server:
        one = [await server.post("/recover", {"email": NOBODY}) for _ in range(5)]
        assert [answer.status for answer in one] == [200] * 4 + [429]
        assert one[-1].body["code"] == "over_email_send_rate_limit"
        many = [(await server.post("/otp", {"email": f"p{n}@example.org"})).status for n in range(2)]
        assert many == [200, 429]


async def test_an_account_that_two_make_at_once_by_mail_is_one_account(mailing):
    answers = await asyncio.gather(*(mailing.post("/otp", {"email": EMAIL}) for _ in range(2)))
    assert [answer.status for answer in answers] == [200, 200]
    service = mailing.auth.api_keys.service_role_key
    assert len((await mailing.get("/admin/users", token=service)).body["users"]) == 1
    assert "access_token" in (await mailing.follow(await mailing.mail()))[1]
