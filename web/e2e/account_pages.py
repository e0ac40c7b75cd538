"""A walk through every account page and its states, as one person meets them; each stop is shown to whoever looks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from web.e2e.site import PASSWORD, Site, code_of

Look = Callable[[str], Awaitable[None]]


async def sign_in(page: Page, site: Site, email: str, *, path: str = "/sign-in") -> None:
    """Sign in by password and wait until the page knows."""
    await page.goto(site.url + path)
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def heading(page: Page, text: str) -> None:
    await expect(page.get_by_role("heading", level=1, name=text)).to_be_visible()


async def walk_entrances(page: Page, site: Site, look: Look) -> None:
    """Visit what somebody sees who is not signed in."""
    await page.goto(f"{site.url}/sign-in")
    await heading(page, "Sign in")
    await expect(page.get_by_role("button", name="Email me a code instead")).to_be_visible()
    await look("sign-in")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_text("Type your email address.")).to_be_visible()
    await look("sign-in-empty")
    await page.get_by_label("Email address").fill(site.stranger())
    await page.get_by_label("Password", exact=True).fill("wrong")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="is wrong")).to_be_visible()
    await look("sign-in-refused")
    await page.get_by_role("button", name="Email me a code instead").click()
    await page.get_by_role("button", name="Email me a code").click()
    await heading(page, "Check your email")
    await look("check-mail")
    await page.goto(f"{site.url}/sign-up")
    await heading(page, "Create an account")
    await page.get_by_label("Password", exact=True).fill("abcdef")
    await look("sign-up")
    await page.goto(f"{site.url}/forgot-password")
    await heading(page, "Forgot your password?")
    await look("forgot-password")
    await page.goto(f"{site.url}/auth/callback#error=access_denied&error_code=otp_expired")
    await heading(page, "This link does not count")
    await look("dead-link")
    await page.goto(f"{site.url}/nowhere")
    await heading(page, "There is nothing at this address")
    await look("not-found")


async def walk_account(page: Page, site: Site, look: Look) -> None:
    """Visit what somebody with an account sees, who runs an organisation."""
    email = await site.account("grace", full_name="Grace Hopper")
    await site.organisation(email, "Harbour Lodge")
    await site.organisation(email, "Lakeside Lodge of the North")
    await sign_in(page, site, email, path="/sign-in?next=/account/profile")
    await heading(page, "Profile")
    await look("profile")
    await page.get_by_role("link", name="Sessions").click()
    await expect(page.get_by_text("This device", exact=True)).to_be_visible()
    await look("sessions")
    await page.get_by_role("button", name="Sign out all others").click()
    await expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_visible()
    await look("sessions-dialog")
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await walk_organisations(page, site, look)
    await walk_second_step(page, look)
    await page.get_by_role("button", name="Account: Grace Hopper").click()
    await expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    await look("user-menu")


async def walk_organisations(page: Page, site: Site, look: Look) -> None:
    await page.get_by_role("navigation", name="Your account").get_by_role("link", name="Organisations").click()
    await heading(page, "Organisations")
    await expect(page.get_by_role("link", name="Harbour Lodge")).to_be_visible()
    await look("organisations")
    await page.get_by_role("link", name="Harbour Lodge").click()
    await heading(page, "Harbour Lodge")
    await page.get_by_label("Email address").fill(site.stranger("invited"))
    await page.get_by_role("button", name="Invite").click()
    await expect(page.get_by_role("list", name="Open invitations")).to_be_visible()
    await look("organisation")


async def walk_second_step(page: Page, look: Look) -> None:
    """Turn the second step on, and meet it at the next sign-in."""
    await page.get_by_role("navigation", name="Your account").get_by_role("link", name="Security").click()
    await heading(page, "Security")
    await look("security")
    await page.get_by_role("button", name="Add an authenticator").click()
    await page.get_by_role("button", name="Show the QR code").click()
    secret = await page.get_by_test_id("totp-secret").inner_text()
    await look("authenticator-new")
    await page.get_by_label("Code from your authenticator").fill(code_of(secret))
    await page.get_by_role("button", name="Turn it on").click()
    await expect(page.get_by_role("button", name="Remove My phone")).to_be_visible()
    await look("security-on")
