"""Whereto no webhook goes (attack groups 1, 2 and 5, at the level of URLs and addresses)."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.webhooks.endpoints.address_guard import AddressGuard, AddressRefused, is_public
from tests.fixtures.refused_urls import HOSTS, TRICKS

GUARD = AddressGuard()


@pytest.mark.parametrize("host", HOSTS, ids=range(len(HOSTS)))
def test_hosts_that_are_not_on_the_public_internet_are_refused(host):
    with pytest.raises(AddressRefused):
        GUARD.check_url(f"https://{host}/hook")


@pytest.mark.parametrize("url", TRICKS, ids=range(len(TRICKS)))
def test_what_is_no_proper_url_of_a_receiver_is_refused(url):
    with pytest.raises(AddressRefused):
        GUARD.check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org", "https://example.org/hook?x=1", "https://hooks.example.org:8443/a", "https://93.184.216.34/",
        "https://[2606:2800:220:1::1]/", "https://bücher.example/",
    ],
    ids=range(6),
)  # fmt: skip
def test_the_public_internet_is_open(url):
    assert GUARD.check_url(url).raw_host


def test_a_name_of_other_letters_goes_over_the_wire_in_its_plain_form():
    assert GUARD.check_url("https://bücher.example/").raw_host == "xn--bcher-kva.example"


def test_development_may_call_its_own_machine():
    guard = AddressGuard(allow_private=True)
    guard.check_url("http://127.0.0.1:3000/hook")
    guard.check_address("127.0.0.1")
    with pytest.raises(AddressRefused):
        guard.check_url("http://user:secret@127.0.0.1/")


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address):
    if not address.is_global:
        assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_counts_as_itself(address):
    assert is_public(ip_address(f"::ffff:{address}")) is is_public(address)


@given(st.text(max_size=40))
def test_nothing_that_is_typed_raises_anything_but_a_refusal(text):
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        try:
            GUARD.check_url(url)
        except AddressRefused:
            continue
