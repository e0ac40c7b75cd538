"""What `tail` is handed are whole frames, several at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.cli.tail import unframed
from millstream.websocket.frames import text_frame


@given(
    st.lists(st.one_of(st.binary(max_size=200), st.sampled_from([b"x" * 126, b"x" * 65535, b"x" * 65536])), max_size=4)
)
def test_payloads_come_out_as_they_went_in(payloads: list[bytes]) -> None:
    assert list(unframed(b"".join(map(text_frame, payloads)))) == payloads
