"""Web push: the published vectors of encryption, tokens of the project, and messages that are too long."""

from __future__ import annotations

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from joserfc import jwt
from joserfc.jwk import ECKey
from yarl import URL

from millstream.kit.push.encryption import (
    MOST_BYTES,
    DeviceKeyInvalid,
    decode,
    encode,
    encode_record,
    encrypt,
    public_point,
)
from millstream.kit.push.outbox import Device, DueMessage
from millstream.kit.push.posting import message_text
from millstream.kit.push.vapid import VapidKey

# RFC 8291, section 5 and appendix A.
EPHEMERAL = derive_private_key(
    int.from_bytes(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), SECP256R1()
)
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = decode("DGv6ra1nlYgDCS1FRnbzlw")


def test_a_message_is_encrypted_as_in_rfc_8291() -> None:
    sent = encrypt(
        b"When I grow up, I want to be a watermelon", p256dh=THEIRS, auth_secret=SECRET, ephemeral=EPHEMERAL, salt=SALT
    )
    assert encode(sent) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_record_is_encoded_as_in_rfc_8188() -> None:
    record = encode_record(b"I am the walrus", decode("yqdlZ-tYemfogSmv7Ws5PQ"), salt=decode("I1BsxtFttlv3u_Oo94xnmw"))
    assert encode(record) == "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg"


def test_the_longest_message_is_what_push_services_take() -> None:
    sent = encrypt(b"x" * MOST_BYTES, p256dh=THEIRS, auth_secret=SECRET, ephemeral=EPHEMERAL, salt=SALT)
    assert len(sent) == 4096
    with pytest.raises(ValueError, match="3993"):
        encrypt(b"x" * (MOST_BYTES + 1), p256dh=THEIRS, auth_secret=SECRET, ephemeral=EPHEMERAL, salt=SALT)


@pytest.mark.parametrize("key", ["B" + "A" * 86, "BA", "nothing of the kind"], ids=["no point", "short", "no key"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(DeviceKeyInvalid):
        encrypt(b"x", p256dh=key, auth_secret=SECRET, ephemeral=EPHEMERAL, salt=SALT)


def test_a_token_is_for_one_origin_and_for_half_its_life() -> None:
    made = VapidKey.generate()
    key = VapidKey.from_text(made.private_text, contact="mailto:office@example.com")
    assert key.public_text == made.public_text == encode(public_point(made.private))
    here, there = URL("https://push.example:8443/a?b=c"), URL("https://other.example/")
    first = key.authorization(here, lambda: 1000.0)
    token, _, public = first.removeprefix("vapid t=").partition(", k=")
    assert public == made.public_text
    verified = jwt.decode(token, ECKey.import_key(made.private), algorithms=["ES256"])
    assert verified.claims == {
        "aud": "https://push.example:8443", "exp": 1000 + 12 * 3600, "sub": "mailto:office@example.com",
    }  # fmt: skip
    assert key.authorization(here, lambda: 1000.0 + 5 * 3600) == first
    assert key.authorization(here, lambda: 1000.0 + 6 * 3600) != first
    assert key.authorization(there, lambda: 1000.0) != first


@pytest.mark.parametrize(
    ("body", "link", "left"),
    [("At nine.", "/seats", {"id", "title", "body", "link"}), ("\x01" * 300, "/" + "s" * 2500, {"id", "title", "link"}),
     ("", "/" + "s" * 5000, {"id", "title"})],
    ids=["short", "long body", "long link"],
)  # fmt: skip
def test_a_message_that_is_too_long_lacks_what_is_least_needed(body: str, link: str, left: set[str]) -> None:
    device = Device(UUID(int=1), "https://push.example/", THEIRS, SECRET)
    content = {"title": "\x01" * 200, "body": body, "link": link}
    text = message_text(DueMessage(UUID(int=2), UUID(int=3), content, 1, 60.0, device))
    assert len(text) <= MOST_BYTES
    assert all(f'"{name}":'.encode() in text for name in left)
    assert text.count(b'":"') == len(left)
