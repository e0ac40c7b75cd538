"""Signatures: the vector of the standard, its reference library as the judge, and what a receiver refuses."""

import base64
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from millstream.webhooks.signing.receiver import Receiver, Seen, WebhookRefused
from millstream.webhooks.signing.secrets import SecretInvalid, SignatureKind, make_secret, parse_secret
from millstream.webhooks.signing.signatures import SignatureStyle, sign

NOW = 1_700_000_000
SHARED = make_secret(SignatureKind.V1, bytes(range(32)))
OTHER = make_secret(SignatureKind.V1, bytes(range(1, 33)))
PAIR = make_secret(SignatureKind.V1A, bytes(range(32)))


def receiver(*keys: str, now: float = NOW) -> Receiver:
    return Receiver(keys, lambda: now)


def test_the_vector_of_the_standard_holds():
    secret = parse_secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = sign(
        [secret],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.dictionaries(st.text(), st.integers()), st.binary(min_size=32, max_size=32))
def test_the_reference_library_takes_what_we_sign_and_nothing_else(payload, key):
    secret, body, now = make_secret(SignatureKind.V1, key), json.dumps(payload), int(datetime.now(UTC).timestamp())
    headers = sign([secret], message_id="msg_1", timestamp=now, body=body.encode())
    assert Webhook(secret.text).verify(body, headers) == payload
    for name, value in (
        ("webhook-id", "msg_2"),
        ("webhook-timestamp", str(now - 1)),
        ("webhook-timestamp", str(now - 400)),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret.text).verify(body, {**headers, name: value})
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER.text).verify(body, headers)


@given(st.binary(), st.sampled_from([SHARED, PAIR]))
def test_our_receiver_opens_what_we_sign_by_either_kind_of_key(content, secret):
    body = json.dumps({"type": "a.b", "data": base64.b64encode(content).decode()}).encode()
    headers = sign([secret], message_id="msg_1", timestamp=NOW, body=body)
    event = receiver(secret.public_text).open({name.upper(): value for name, value in headers.items()}, body)
    assert (event.id, event.type, event.data, event.body) == (
        "msg_1", "a.b", base64.b64encode(content).decode(), body,
    )  # fmt: skip


def test_every_valid_secret_signs_so_that_a_receiver_may_change_when_it_likes():
    headers = sign([OTHER, SHARED, PAIR], message_id="msg_1", timestamp=NOW, body=b"{}")
    for secret in (OTHER, SHARED, PAIR):
        receiver(secret.public_text).open(headers, b"{}")
    after = sign([OTHER], message_id="msg_1", timestamp=NOW, body=b"{}")
    with pytest.raises(WebhookRefused):
        receiver(SHARED.public_text).open(after, b"{}")


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_clocks_may_differ_by_five_minutes(seconds):
    headers = sign([SHARED], message_id="msg_1", timestamp=NOW, body=b"{}")
    assert receiver(SHARED.text, now=NOW + seconds).open(headers, b"{}").timestamp == NOW


def test_a_captured_request_that_comes_again_at_once_is_opened_and_recognised():
    headers, seen = sign([SHARED], message_id="msg_1", timestamp=NOW, body=b"{}"), Seen()
    opened = [receiver(SHARED.text).open(headers, b"{}") for _ in range(2)]
    assert [seen.first_time(event.id) for event in opened] == [True, False]


def test_signatures_are_compared_in_constant_time_with_every_key(monkeypatch):
    compared = []

    def compare(one, other):
        compared.append((one, other))
        return one == other

    headers = sign([SHARED], message_id="msg_1", timestamp=NOW, body=b"{}")
    monkeypatch.setattr(hmac, "compare_digest", compare)
    receiver(SHARED.text, OTHER.text).open(headers, b"{}")
    assert len(compared) == 2  # the second key too, although the first was the right one


@pytest.mark.parametrize("seconds", [-301, 301, 10_000])
def test_a_captured_request_is_refused_when_it_comes_again_later(seconds):
    headers = sign([SHARED], message_id="msg_1", timestamp=NOW, body=b"{}")
    with pytest.raises(WebhookRefused, match="too old"):
        receiver(SHARED.text, now=NOW + seconds).open(headers, b"{}")


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 30},
        {"webhook-timestamp": "\uff11\uff17"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,not base64"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-signature": "v1a,AAAA"},
    ],
    ids="-".join,
)
def test_a_header_that_was_changed_is_refused_with_a_clear_error(change):
    headers = sign([SHARED], message_id="msg_1", timestamp=NOW, body=b"{}")
    with pytest.raises(WebhookRefused):
        receiver(SHARED.text, PAIR.public_text).open({**headers, **change}, b"{}")


def test_a_changed_body_is_refused_and_one_that_is_no_json_too():
    headers = sign([SHARED], message_id="msg_1", timestamp=NOW, body=b"{}")
    with pytest.raises(WebhookRefused):
        receiver(SHARED.text).open(headers, b"{ }")
    headers = sign([SHARED], message_id="msg_1", timestamp=NOW, body=b"nonsense")
    with pytest.raises(WebhookRefused, match="no JSON"):
        receiver(SHARED.text).open(headers, b"nonsense")


def test_github_and_stripe_styles_stand_beside_the_standard():
    styles = [SignatureStyle.GITHUB, SignatureStyle.STRIPE]
    headers = sign([SHARED, OTHER], message_id="msg_1", timestamp=NOW, body=b"{}", styles=styles)
    assert headers["x-hub-signature-256"].startswith("sha256=")
    assert len(headers["x-hub-signature-256"]) == 7 + 64
    stamp, first, second = headers["stripe-signature"].split(",")
    assert (stamp, first[:3], second[:3]) == (f"t={NOW}", "v1=", "v1=")
    assert first != second
    assert "x-hub-signature-256" not in sign([PAIR], message_id="m", timestamp=NOW, body=b"{}", styles=styles)


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_AAAA", "whsk_AAAA", "whsec_" + "A" * 200, "whsec_!", "whpk_AAAA"]
)
def test_what_is_no_secret_is_refused(text):
    with pytest.raises(SecretInvalid):
        parse_secret(text)


@given(st.binary(min_size=32, max_size=32), st.sampled_from(SignatureKind))
def test_a_secret_is_read_as_it_is_written_and_never_shown(key, kind):
    secret = make_secret(kind, key)
    assert parse_secret(secret.text) == secret
    assert secret.text not in repr(secret)


def test_an_id_with_a_dot_cannot_be_signed():
    with pytest.raises(SecretInvalid):
        sign([SHARED], message_id="a.b", timestamp=NOW, body=b"")


def test_an_event_that_comes_again_is_known_until_too_many_came_since():
    seen = Seen(most=2)
    assert [seen.first_time(one) for one in ("a", "b", "a", "c", "a")] == [True, True, False, True, True]


VECTORS = json.loads((Path(__file__).parents[3] / "docs/reference/webhook-vectors.json").read_text())["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"].replace(" ", "-"))
def test_the_published_vectors_hold(vector):
    opening = receiver(*vector["keys"], now=vector["now"])
    if vector["valid"]:
        assert opening.open(vector["headers"], vector["body"].encode()).id == vector["headers"]["webhook-id"]
    else:
        with pytest.raises(WebhookRefused):
            opening.open(vector["headers"], vector["body"].encode())
