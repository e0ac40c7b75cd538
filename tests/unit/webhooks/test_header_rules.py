"""Which headers an endpoint may add (attack groups 5 and 6)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.webhooks.administration.errors import HeaderRefused
from millstream.webhooks.administration.header_rules import check_headers


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
@pytest.mark.parametrize(
    "name",
    [
        "host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "keep-alive",
        "upgrade", "te", "trailer", "expect", "proxy-authorization", "proxy-connection", "user-agent", "webhook-id",
        "webhook-timestamp", "webhook-signature", "webhook-anything", "x-hub-signature-256", "stripe-signature",
    ],
)  # fmt: skip
def test_what_frames_or_proves_a_request_is_ours(name, change):
    with pytest.raises(HeaderRefused, match="set by the sender"):
        check_headers({change(name): "x"})


@pytest.mark.parametrize(
    "name",
    ["", "a b", "a:b", "a\r\nb", "a\n", "a\0", "\u212aey", "ho\u017ft", "a" * 101, "(a)", "a\t", " host", "host "],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_name_is_refused(name):
    with pytest.raises(HeaderRefused):
        check_headers({name: "x"})


@pytest.mark.parametrize(
    "value", ["a\r\nX-B: b", "a\nb", "a\rb", "a\0b", "\x7f", "caf\u00e9", "\u2028", "\x85", "x" * 4001], ids=range(9)
)
def test_what_is_no_value_is_refused_and_not_repeated(value):
    with pytest.raises(HeaderRefused) as refused:
        check_headers({"X-A": value})
    assert value not in refused.value.message


def test_headers_of_ones_own_are_welcome():
    check_headers({"Authorization": "Bearer abc", "X-Key": "", "x_odd.but~fine": "a\tb", "Cookie": "a=b"})


@given(st.dictionaries(st.text(), st.text(), max_size=3))
def test_whatever_passes_is_a_header_on_the_wire(headers):
    try:
        check_headers(headers)
    except HeaderRefused:
        return
    wire = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    assert len(re.split(r"[\r\n\0]+", wire)) == len(headers) + 1
    wire.encode("ascii")
