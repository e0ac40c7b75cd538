from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.auth.totp import STEP_SECONDS, code_at, decode_secret, encode_secret, key_uri, matching_step

RFC_SECRET = b"12345678901234567890"
secret_bytes = st.binary(min_size=10, max_size=40)
times = st.integers(min_value=60, max_value=2**40)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds, code):
    assert code_at(RFC_SECRET, seconds // STEP_SECONDS, digits=8) == code
    assert code_at(RFC_SECRET, seconds // STEP_SECONDS) == code[2:]


@pytest.mark.parametrize(
    ("counter", "code"), list(enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922"]))
)
def test_codes_are_those_of_rfc_4226_appendix_d(counter, code):
    assert code_at(RFC_SECRET, counter) == code


@given(secret=secret_bytes, now=times, steps=st.integers(min_value=-1, max_value=1))
def test_a_clock_may_differ_by_a_step(secret, now, steps):
    step = now // STEP_SECONDS + steps
    assert matching_step(secret, code_at(secret, step), now) is not None


@given(secret=secret_bytes, now=times)
def test_a_code_counts_once(secret, now):
    step = now // STEP_SECONDS
    code = code_at(secret, step)
    used = matching_step(secret, code, now)
    assert used is not None
    again = matching_step(secret, code, now, after=used)
    assert again is None or code_at(secret, again) == code_at(secret, used)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "\uff12\uff18\uff17\uff10\uff18\uff12", "287082 "])
def test_what_is_no_code_does_not_count(code):
    assert matching_step(RFC_SECRET, code, 59) is None


def test_an_old_code_does_not_count():
    assert matching_step(RFC_SECRET, "287082", 59 + 2 * STEP_SECONDS) is None


@given(secret=secret_bytes)
def test_a_secret_survives_being_typed(secret):
    assert decode_secret(encode_secret(secret)) == secret


@given(issuer=st.text(min_size=1), account=st.text(min_size=1))
def test_the_uri_of_an_authenticator_can_be_read_back(issuer, account):
    parts = urlsplit(key_uri(RFC_SECRET, issuer=issuer, account=account))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    told = parse_qs(parts.query)
    assert told["issuer"] == [issuer]
    assert told["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
