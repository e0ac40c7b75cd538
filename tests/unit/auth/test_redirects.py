from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.auth.redirects import allowed_redirect, with_fragment, with_query
from millstream.auth.settings import AuthSettings

SETTINGS = AuthSettings(site_url="https://site.example", redirect_urls=("https://shop.example/app", "myapp://done"))


@pytest.mark.parametrize(
    "url", ["https://site.example/any?x=1", "https://shop.example/", "https://SHOP.example/x", "myapp://done"]
)
def test_the_site_and_what_the_project_lists_are_allowed(url):
    assert allowed_redirect(SETTINGS, url) == url


@pytest.mark.parametrize(
    "url",
    [
        *(None, "", "/path", "//evil.example", "https:evil.example", "https:///evil.example", "javascript:alert(1)"),
        *("http://site.example", "https://site.example:444", "https://site.example.evil", "https://evil.example"),
        *(
            "https://site.example@evil.example",
            "https://evil.example\\@site.example",
            "https://site.example\\.evil.example",
        ),
        *(
            "https://site.example\n",
            "\thttps://site.example",
            "https://[",
            "myapp://done/x",
            "myapp://other",
            "data:,x",
        ),
    ],
)
def test_everything_else_goes_to_the_site(url):
    assert allowed_redirect(SETTINGS, url) == "https://site.example"


@given(st.text(max_size=60))
def test_no_text_leads_to_a_foreign_origin(text):
    for wanted in (text, f"https://{text}", f"https://site.example{text}", f"https://{text}site.example"):
        target = allowed_redirect(SETTINGS, wanted)
        assert target.lower().startswith(("https://site.example", "https://shop.example")) or target == "myapp://done"
        rest = target.lower().removeprefix("https://site.example").removeprefix("https://shop.example")
        assert rest == "myapp://done" or rest[:1] in {"", "/", "?", "#"}


def test_a_fragment_replaces_the_one_that_is_there():
    assert with_fragment("https://site.example/a#b", {"x": "1 &"}) == "https://site.example/a#x=1+%26"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/back", "https://shop.example/back?code=c"),
        ("https://shop.example/back?a=1&b=%20#part", "https://shop.example/back?a=1&b=%20&code=c"),
        ("myapp://signed-in", "myapp://signed-in?code=c"),
    ],
    ids=["plain", "with a query and a fragment", "an app's own scheme"],
)
def test_a_code_joins_the_query_that_is_there(url, expected):
    assert with_query(url, {"code": "c"}) == expected
