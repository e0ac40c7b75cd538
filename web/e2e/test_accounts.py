"""People and their accounts in real browsers, on a whole server with its mails: signing up and in, recovery, the second
step, sessions, invitations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import product
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.fixtures.issuer import running_issuer
from tests.fixtures.postgres import Cluster, Database
from web.e2e.account_pages import heading, sign_in, walk_account, walk_entrances
from web.e2e.axe import serious_violations
from web.e2e.lodge import PORTAL, visitor
from web.e2e.site import PASSWORD, Site, code_of, serving_site

NEW_PASSWORD = "seven purple elephants"
SIZES = ((390, 844), (1280, 800))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def site_database(cluster: Cluster) -> Iterator[Database]:
    if not (PORTAL / "index.html").exists():
        pytest.skip("needs the built portal: run `make web`")
    with cluster.new_database() as new:
        yield new


@pytest.fixture(scope="module")
async def site(site_database: Database) -> AsyncIterator[Site]:
    """One site for all tests of this file, where addresses are confirmed by mail: each makes people of its own."""
    async with (
        running_issuer() as issuer,
        serving_site(site_database, autoconfirm=False, oidc_providers=issuer.setting("keycloak")) as serving,
    ):
        yield serving


def account_button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=f"Account: {name}", exact=True)


async def is_signed_in(page: Page, name: str = "Ada Lovelace") -> None:
    await expect(account_button(page, name)).to_be_visible()


async def is_signed_out(page: Page) -> None:
    await expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


async def fill_sign_up(page: Page, email: str) -> None:
    await page.get_by_label("Your name").fill("Ada Lovelace")
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Create the account").click()


async def type_code(page: Page, code: str) -> None:
    await page.get_by_label("Code from the email").fill(code)
    await page.get_by_role("button", name="Continue").click()


async def test_somebody_new_signs_up_and_confirms_with_the_code_of_the_mail(site: Site, browser: Browser) -> None:
    email = site.stranger()
    async with visitor(browser, f"{site.url}/sign-up?next=/account/profile") as page:
        await fill_sign_up(page, email)
        await heading(page, "Confirm your address")
        await type_code(page, "000000")
        await expect(page.get_by_text("This code or link does not count any more")).to_be_visible()
        await type_code(page, (await site.mail_to(email)).code)
        await heading(page, "Profile")
        await is_signed_in(page)


async def test_a_confirmation_link_signs_in_the_browser_that_asked_and_no_other(site: Site, browser: Browser) -> None:
    email, other_email = site.stranger(), site.stranger()
    async with visitor(browser, f"{site.url}/sign-up") as page, visitor(browser, site.url) as other:
        await fill_sign_up(page, email)
        await heading(page, "Confirm your address")
        await page.goto((await site.mail_to(email)).link)
        await is_signed_in(page)
        assert page.url == f"{site.url}/"
        await account_button(page, "Ada Lovelace").click()
        await page.get_by_role("menuitem", name="Sign out").click()
        await is_signed_out(page)
        await page.goto(f"{site.url}/sign-up")
        await fill_sign_up(page, other_email)
        await heading(page, "Confirm your address")
        await other.goto((await site.mail_to(other_email)).link)
        await expect(other.get_by_text("opened in another browser")).to_be_visible()
        await sign_in(other, site, other_email)
        await is_signed_in(other)


async def test_a_link_by_mail_signs_in_without_a_password(site: Site, browser: Browser) -> None:
    email = await site.account()
    async with visitor(browser, f"{site.url}/sign-in?next=/account/sessions") as page:
        await page.get_by_role("button", name="Email me a code instead").click()
        await page.get_by_label("Email address").fill(email)
        await page.get_by_role("button", name="Email me a code").click()
        await heading(page, "Check your email")
        await page.goto((await site.mail_to(email)).link)
        await heading(page, "Sessions")
        await page.goto((await site.mail_to(email)).link)
        await heading(page, "This link does not count")


async def test_a_forgotten_password_is_replaced_and_other_devices_are_signed_out(site: Site, browser: Browser) -> None:
    email = await site.account()
    async with visitor(browser, f"{site.url}/forgot-password") as page, visitor(browser, site.url) as other:
        await sign_in(other, site, email)
        await expect(other.get_by_test_id("live-chip")).to_have_text("Live")
        await page.get_by_label("Email address").fill(email)
        await page.get_by_role("button", name="Email me a code").click()
        await heading(page, "Check your email")
        await type_code(page, (await site.mail_to(email)).code)
        await heading(page, "Choose a new password")
        await page.get_by_label("New password").fill(PASSWORD)
        await page.get_by_role("button", name="Set the password").click()
        await expect(page.get_by_text("This is your present password")).to_be_visible()
        await page.get_by_label("New password").fill(NEW_PASSWORD)
        await page.get_by_role("button", name="Set the password").click()
        await is_signed_in(page)
        await is_signed_out(other)
        await expect(other.get_by_text("You were signed out")).to_be_visible()
        await sign_in(other, site, email)
        await expect(other.get_by_role("alert").filter(has_text="wrong")).to_be_visible()


async def test_a_guest_who_signs_up_stays_the_same_person(site: Site, browser: Browser) -> None:
    email = site.stranger()
    async with visitor(browser, f"{site.url}/sign-in") as page:
        await page.get_by_role("button", name="Continue as a guest").click()
        await is_signed_in(page, "Guest")
        guest = await user_id(page)
        await account_button(page, "Guest").click()
        await page.get_by_role("menuitem", name="Create an account").click()
        await fill_sign_up(page, email)
        await heading(page, "Confirm your address")
        await type_code(page, (await site.mail_to(email)).code)
        await is_signed_in(page)
        assert await user_id(page) == guest


async def user_id(page: Page) -> str:
    stored: str = await page.evaluate("JSON.parse(localStorage.getItem('millstream.lodgetix')).user.id")
    return stored


async def test_signing_in_and_the_second_step_need_no_mouse(site: Site, browser: Browser) -> None:
    email = await site.account()
    async with visitor(browser, f"{site.url}/sign-in?next=/account/security") as page:
        await by_keyboard(page, "Email address", email)
        await by_keyboard(page, "Password", PASSWORD, send=True)
        await heading(page, "Security")
        await page.get_by_role("button", name="Add an authenticator").focus()
        await page.keyboard.press("Enter")
        await by_keyboard(page, "Name of the device", "My phone", send=True)
        secret = await page.get_by_test_id("totp-secret").inner_text()
        await by_keyboard(page, "Code from your authenticator", code_of(secret, later=-1), send=True)
        await expect(page.get_by_role("button", name="Remove My phone")).to_be_visible()
        await account_button(page, "Ada Lovelace").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("menuitem", name="Profile")).to_be_visible()
        for _ in range(6):
            await page.keyboard.press("ArrowDown")
            if await page.get_by_role("menuitem", name="Sign out").evaluate("item => item === document.activeElement"):
                break
        await expect(page.get_by_role("menuitem", name="Sign out")).to_be_focused()
        await page.keyboard.press("Enter")
        await heading(page, "Sign in")
        await by_keyboard(page, "Email address", email)
        await by_keyboard(page, "Password", PASSWORD, send=True)
        await heading(page, "Confirm that it is you")
        await by_keyboard(page, "Code from your authenticator", "000000", send=True)
        await expect(page.get_by_text("This code is wrong")).to_be_visible()
        await by_keyboard(page, "Code from your authenticator", code_of(secret), send=True)
        await heading(page, "Security")
        await page.get_by_role("button", name="Remove My phone").focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("dialog").get_by_role("button", name="Remove").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Remove My phone")).to_have_count(0)


async def by_keyboard(page: Page, label: str, text: str, *, send: bool = False) -> None:
    """Walk to a field by Tab, as far as it is, and type."""
    field = page.get_by_label(label, exact=True)
    await expect(field).to_be_visible()
    for _ in range(30):
        if await field.evaluate("field => field === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await expect(field).to_be_focused()
    await page.keyboard.press("Control+a")
    await page.keyboard.type(text)
    if send:
        await page.keyboard.press("Enter")


async def test_an_ended_session_reaches_the_other_browser_at_once(site: Site, browser: Browser) -> None:
    email = await site.account()
    async with visitor(browser, site.url) as page, visitor(browser, site.url) as other:
        await sign_in(other, site, email)
        await expect(other.get_by_test_id("live-chip")).to_have_text("Live")
        await sign_in(page, site, email, path="/sign-in?next=/account/sessions")
        await page.get_by_role("button", name="Sign out Chrome on Linux").click()
        await is_signed_out(other)
        await expect(other.get_by_text("Your session was ended")).to_be_visible()
        await expect(page.get_by_role("heading", name="This device alone")).to_be_visible()
        await sign_in(other, site, email)
        await expect(other.get_by_test_id("live-chip")).to_have_text("Live")
        await page.reload()
        await page.get_by_role("button", name="Sign out all others").click()
        await page.get_by_role("dialog").get_by_role("button", name="Sign them out").click()
        await is_signed_out(other)
        await is_signed_in(page)


async def test_an_invitation_is_accepted_in_a_second_browser_and_the_first_sees_it(
    site: Site, browser: Browser
) -> None:
    owner, invited = await site.account("grace", full_name="Grace Hopper"), site.stranger("bob")
    await site.organisation(owner, "Harbour Lodge")
    async with visitor(browser, site.url) as page, visitor(browser, site.url) as other:
        await sign_in(page, site, owner, path="/sign-in?next=/account/organisations")
        await page.get_by_role("link", name="Harbour Lodge").click()
        await invite(page, invited)
        await other.goto((await site.mail_to(invited)).link)
        await heading(other, "Join Harbour Lodge")
        await other.get_by_label("Your name").fill("Bob Marlow")
        await other.get_by_label("Choose a password").fill(PASSWORD)
        await other.get_by_role("button", name="Create the account and join").click()
        await expect(other.get_by_role("link", name="Harbour Lodge")).to_be_visible()
        await expect(page.get_by_role("list", name="Members")).to_contain_text("Bob Marlow")
        await expect(page.get_by_role("list", name="Open invitations")).to_have_count(0)
        await page.get_by_label("Role of Bob Marlow").select_option("manager")
        await expect(page.get_by_text("Bob Marlow: manager")).to_be_visible()
        await other.get_by_role("link", name="Harbour Lodge").click()
        await expect(other.get_by_role("button", name="Invite")).to_be_visible()
        await page.get_by_role("button", name="Remove Bob Marlow").click()
        await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        await expect(page.get_by_role("list", name="Members")).not_to_contain_text("Bob Marlow")


async def invite(page: Page, email: str) -> None:
    await page.get_by_label("Email address").fill(email)
    await page.get_by_role("button", name="Invite").click()
    await expect(page.get_by_role("list", name="Open invitations")).to_contain_text(email)


async def test_an_invitation_waits_for_the_account_it_is_for_and_can_be_taken_back(
    site: Site, browser: Browser
) -> None:
    owner, invited = await site.account("grace", full_name="Grace Hopper"), await site.account("bob")
    await site.organisation(owner, "Lakeside Lodge")
    async with visitor(browser, site.url) as page, visitor(browser, site.url) as other:
        await sign_in(page, site, owner, path="/sign-in?next=/account/organisations")
        await page.get_by_role("link", name="Lakeside Lodge").click()
        await invite(page, invited)
        first = await site.mail_to(invited)
        await page.get_by_role("button", name=f"Send again to {invited}").click()
        await expect(page.get_by_text("Another email is on its way to")).to_be_visible()
        await other.goto(first.link)
        await heading(other, "This invitation does not count")
        await other.goto("about:blank")
        await other.goto((await site.mail_to(invited)).link)
        await other.get_by_role("link", name="Sign in to accept").click()
        await other.get_by_label("Email address").fill(invited)
        await other.get_by_label("Password", exact=True).fill(PASSWORD)
        await other.get_by_role("button", name="Sign in", exact=True).click()
        await other.get_by_role("button", name="Join Lakeside Lodge").click()
        await expect(page.get_by_role("list", name="Members")).to_contain_text(invited)
        await invite(page, site.stranger("carol"))
        await page.get_by_role("button", name="Take back the invitation").click()
        await expect(page.get_by_role("list", name="Open invitations")).to_have_count(0)


async def test_a_name_and_an_address_are_changed_and_both_addresses_have_a_say(site: Site, browser: Browser) -> None:
    email, new = await site.account(), site.stranger()
    async with visitor(browser, site.url) as page:
        await sign_in(page, site, email, path="/sign-in?next=/account/profile")
        await page.get_by_label("Full name").fill("Ada King")
        await page.get_by_role("button", name="Save the name").click()
        await is_signed_in(page, "Ada King")
        await page.get_by_label("Address", exact=True).fill(new)
        await page.get_by_role("button", name="Change the address").click()
        await expect(page.get_by_text(f"The change to {new} waits to be confirmed")).to_be_visible()
        await page.goto((await site.mail_to(email)).link)
        await heading(page, "One of two is done")
        await page.goto((await site.mail_to(new)).link)
        await heading(page, "Profile")
        await expect(page.get_by_label("Address", exact=True)).to_have_value(new)


async def test_a_provider_signs_in_and_leads_back_to_where_one_was(site: Site, browser: Browser) -> None:
    async with visitor(browser, f"{site.url}/sign-in?next=/account/sessions") as page:
        await page.get_by_role("button", name="Continue with Keycloak").click()
        await heading(page, "Sessions")
        await is_signed_in(page, "Ada")


async def test_the_people_of_a_demo_are_one_click_away(site: Site, browser: Browser) -> None:
    await site.demo_user()
    async with visitor(browser, f"{site.url}/sign-in") as page:
        await page.get_by_role("button", name="Ticket buyer").click()
        await is_signed_in(page, "Ticket buyer")


async def test_nobody_is_shut_out_by_how_the_account_pages_are_made(site: Site, browser: Browser) -> None:
    async with visitor(browser, site.url, bypass_csp=True, reduced_motion="reduce") as page:
        found: list[tuple[str, ...]] = []

        async def check(stop: str) -> None:
            for (width, height), scheme in product(SIZES, SCHEMES):
                await page.set_viewport_size({"width": width, "height": height})
                await page.emulate_media(color_scheme=scheme)
                looks = f"{stop}, {scheme}, {width} wide"
                found.extend((looks, *violation) for violation in await serious_violations(page))
                if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    found.append((looks, "is too wide"))

        await walk_entrances(page, site, check)
        await walk_account(page, site, check)
        assert not found, "\n".join(map(str, found))
