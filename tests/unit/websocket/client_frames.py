"""Frames as a client sends them, written down independently of the parser under test."""

from __future__ import annotations

from millstream.websocket.frames import Opcode


def client_frame(
    opcode: int,
    payload: bytes = b"",
    *,
    final: bool = True,
    mask: bytes | None = b"\x11\x22\x33\x44",
    rsv: int = 0,
    length_form: int | None = None,
) -> bytes:
    """Build one frame; `length_form` (2 or 8) forces a longer length field than needed; `mask` None sends it bare."""
    first = (0x80 if final else 0) | rsv << 4 | opcode
    flag = 0x80 if mask is not None else 0
    form = length_form if length_form is not None else 0 if len(payload) < 126 else 2 if len(payload) < 65536 else 8
    if form == 0:
        head = bytes([first, flag | len(payload)])
    else:
        head = bytes([first, flag | (126 if form == 2 else 127)]) + len(payload).to_bytes(form, "big")
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def text(payload: str, **how: object) -> bytes:
    return client_frame(Opcode.TEXT, payload.encode(), **how)
