"""The start page shows each application, and takes nothing that one says of itself for markup."""

from __future__ import annotations

from millstream.asgi.start_page import Card, render_start_page

CARDS = [
    Card(title="LodgeTix", summary="Tickets.", path="/lodgetix/", people=["Ticket buyer", "Steward"], moves=True),
    Card(title="<b>Notes</b>", summary='"a" & $b', path="/notes/", links={"Admin view": "/notes/admin/#key=k"}),
]


def test_every_application_has_its_links_and_its_people() -> None:
    page = render_start_page(CARDS, demo=True)
    assert '<a class="open" href="/lodgetix/">Open LodgeTix</a>' in page
    assert '<a href="/notes/admin/#key=k">Admin view</a>' in page
    assert "<li>Ticket buyer</li><li>Steward</li>" in page
    assert "millstream demo --app lodgetix" in page


def test_what_an_application_says_is_text() -> None:
    page = render_start_page(CARDS, demo=True)
    assert "<b>" not in page
    assert "&lt;b&gt;Notes&lt;/b&gt;" in page
    assert "&quot;a&quot; &amp; $b" in page


def test_only_a_demo_speaks_of_signing_in_with_one_click_and_of_others_who_are_played() -> None:
    page = render_start_page(CARDS, demo=True)
    assert "one click" in page
    assert page.count("millstream simulate") == page.count("millstream simulate lodgetix") == 1
    served = render_start_page(CARDS, demo=False)
    assert "one click" not in served
    assert "simulate" not in served
