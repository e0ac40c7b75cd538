"""What the log shows of requests and answers (attack groups 8 and 10): bounded, plain, without secrets."""

import unicodedata

import orjson
from hypothesis import given
from hypothesis import strategies as st

from millstream.webhooks.delivery.transcript import (
    plain,
    request_headers,
    response_body,
    response_headers,
    secrets_of,
    without_secrets,
)

SENT = {"webhook-id": "msg_1", "webhook-signature": "v1,abcdef", "X-Key": "owner's key", "X-Short": "ab"}
OWN = ("x-key", "X-Short")


@given(st.text(st.characters()))
def test_nothing_but_text_is_left(text):
    shown = plain(text)
    assert not any(unicodedata.category(one) in {"Cc", "Cs"} and one not in "\t\n" for one in shown)
    assert orjson.loads(orjson.dumps(shown)) == shown


def test_what_turns_a_line_around_or_ends_it_is_marked():
    assert plain("a\u202eb\u2066c\u2028d\x1b[2Je\r\nf\rg") == "a\ufffdb\ufffdc\ufffdd\ufffd[2Je\nf\ufffdg"


@given(st.binary(max_size=400), st.integers(0, 100))
def test_a_body_is_text_of_a_bounded_length(kept, most):
    assert len(response_body(kept, most, ())) <= most


def test_signatures_and_headers_of_the_owner_are_hidden():
    assert request_headers(SENT, OWN) == {
        "webhook-id": "msg_1", "webhook-signature": "(hidden)", "X-Key": "(hidden)", "X-Short": "(hidden)",
    }  # fmt: skip


def test_what_a_receiver_repeats_of_them_is_hidden_too():
    secrets = secrets_of(SENT, OWN)
    assert secrets == ("v1,abcdef", "owner's key")
    assert without_secrets("you sent owner's key", secrets) == "you sent (hidden)"
    assert response_body(b"x owner's key", 100, secrets) == "x (hidden)"
    echo = response_headers({"X-Echo": "v1,abcdef", "Set-Cookie": "a=b"}, secrets)
    assert echo == {"X-Echo": "(hidden)", "Set-Cookie": "(hidden)"}


def test_headers_of_an_answer_are_few_and_short():
    shown = response_headers({f"x-{n}": "v" * 5000 for n in range(100)}, ())
    assert len(shown) == 40
    assert {len(value) for value in shown.values()} == {500}
