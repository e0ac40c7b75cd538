"""Feeds the parsers of Engine.IO and Socket.IO with broken packets for a fixed time: `make fuzz`."""

from __future__ import annotations

import random
import sys
import time

from millstream.socketio.effects import Break, Connect
from millstream.socketio.engine_packets import decode_body, decode_packet
from millstream.socketio.errors import MalformedPacket
from millstream.socketio.session import Limits, Session

SEEDS = (
    b"40", b'40{"token":"x","pid":"y","offset":"1-2-3"}', b"40/staff,", b'42["join","library:1"]',
    b'4213["a",{"b":[1,2]}]', b'452-/staff,7["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
    b'461-3[{"_placeholder":true,"num":0}]', b"43/staff,12[]", b"41", b"3", b"2probe", b"bAAEC", b"\x1e",
    b'42["a"]\x1ebAAEC\x1e3',
)  # fmt: skip
BODIES_A_SESSION = 50
PIECES = (
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b",",
    b"/",
    b"-",
    b"0",
    b"9" * 20,
    b"\x1e",
    b"\xff",
    b"\0",
    b"[" * 2000,
    b"null",
)


def broken(chance: random.Random) -> bytes:
    """Return a packet with some things cut out, put in or said twice."""
    packet = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randrange(5)):
        at = chance.randrange(len(packet) + 1)
        until = min(len(packet), at + chance.randrange(4))
        packet[at:until] = chance.choice((b"", chance.choice(PIECES), bytes(packet[at:until]) * 2))
    return bytes(packet)


def hear(session: Session, packet: bytes) -> bool:
    """Feed one body; return whether the session lives on."""
    try:
        packets = decode_body(packet)
        packets.append(decode_packet(packet.decode("utf-8", "replace")))
    except MalformedPacket:
        return True
    for each in packets:
        effect = session.receive(each)
        if isinstance(effect, Connect):
            session.accept(effect.namespace, "sid")
        if isinstance(effect, Break):
            return False
    return True


def test_no_bytes_make_the_parsers_raise(fuzz_seconds: float) -> None:
    seed = random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"\nseed {seed}\n")
    chance, ends, packets = random.Random(seed), time.monotonic() + fuzz_seconds, 0
    while time.monotonic() < ends:
        session = Session(Limits())
        for _ in range(BODIES_A_SESSION):
            packets += 1
            if not hear(session, broken(chance)):
                break
    sys.stdout.write(f"{packets} bodies from seed {seed}, each understood or refused\n")
