"""The parser of server messages gives the same messages however the network cut the bytes."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.pgwire.backend import BackendParser
from millstream.pgwire.errors import ProtocolViolation
from millstream.pgwire.messages import (
    AuthenticationOk,
    AuthenticationOther,
    AuthenticationSasl,
    AuthenticationSaslContinue,
    AuthenticationSaslFinal,
    BackendKeyData,
    BackendMessage,
    BindComplete,
    CloseComplete,
    CommandComplete,
    CopyBothResponse,
    CopyData,
    CopyDone,
    CopyInResponse,
    CopyOutResponse,
    DataRow,
    EmptyQueryResponse,
    ErrorResponse,
    FieldDescription,
    NegotiateProtocolVersion,
    NoData,
    NoticeResponse,
    NotificationResponse,
    ParameterDescription,
    ParameterStatus,
    ParseComplete,
    PortalSuspended,
    ReadyForQuery,
    RowDescription,
    TransactionStatus,
)

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
names = texts.filter(bool)
int16 = st.integers(-(2**15), 2**15 - 1)
int32 = st.integers(-(2**31), 2**31 - 1)
oids = st.integers(0, 2**32 - 1)
error_fields = st.dictionaries(st.sampled_from("SVCMDHPpqWstcdnFLR"), texts, min_size=1)

messages: st.SearchStrategy[BackendMessage] = st.one_of(
    st.builds(DataRow, st.lists(st.none() | st.binary(max_size=50), max_size=5).map(tuple)),
    st.builds(CopyData, st.binary(max_size=100)),
    st.builds(AuthenticationSasl, st.lists(names, max_size=3).map(tuple)),
    st.builds(AuthenticationSaslContinue, st.binary(max_size=20)),
    st.builds(AuthenticationSaslFinal, st.binary(max_size=20)),
    st.builds(AuthenticationOther, st.sampled_from([2, 3, 5, 7, 9])),
    st.builds(BackendKeyData, int32, st.binary(min_size=4, max_size=32)),
    st.builds(NegotiateProtocolVersion, st.integers(0, 9), st.lists(names, max_size=3).map(tuple)),
    st.builds(ParameterStatus, texts, texts),
    st.builds(ReadyForQuery, st.sampled_from(TransactionStatus)),
    st.builds(ErrorResponse, error_fields),
    st.builds(NoticeResponse, error_fields),
    st.builds(NotificationResponse, int32, texts, texts),
    st.builds(
        RowDescription,
        st.lists(st.builds(FieldDescription, texts, oids, int16, oids, int16, int32, int16), max_size=4).map(tuple),
    ),
    st.builds(ParameterDescription, st.lists(oids, max_size=5).map(tuple)),
    st.builds(CommandComplete, texts),
    st.sampled_from(
        [
            AuthenticationOk(),
            ParseComplete(),
            BindComplete(),
            CloseComplete(),
            NoData(),
            EmptyQueryResponse(),
            PortalSuspended(),
            CopyDone(),
            CopyInResponse(),
            CopyOutResponse(),
            CopyBothResponse(),
        ]
    ),
)

_EMPTY_BODIES = {
    ParseComplete: b"1",
    BindComplete: b"2",
    CloseComplete: b"3",
    NoData: b"n",
    EmptyQueryResponse: b"I",
    PortalSuspended: b"s",
    CopyDone: b"c",
}
_COPY = {CopyInResponse: b"G", CopyOutResponse: b"H", CopyBothResponse: b"W"}


def _z(text: str) -> bytes:
    return text.encode() + b"\0"


def _fields(fields) -> bytes:
    return b"".join(kind.encode() + _z(text) for kind, text in fields.items()) + b"\0"


def encode(message: BackendMessage) -> bytes:
    """Encode as the server does: the oracle of these tests."""
    kind, body = _encoded(message)
    return kind + struct.pack("!I", len(body) + 4) + body


def _encoded(message: BackendMessage) -> tuple[bytes, bytes]:
    match message:
        case DataRow(values):
            cells = [b"\xff" * 4 if v is None else struct.pack("!I", len(v)) + v for v in values]
            return b"D", struct.pack("!H", len(values)) + b"".join(cells)
        case CopyData(data):
            return b"d", data
        case AuthenticationOk():
            return b"R", struct.pack("!I", 0)
        case AuthenticationSasl(mechanisms):
            return b"R", struct.pack("!I", 10) + b"".join(map(_z, mechanisms)) + b"\0"
        case AuthenticationSaslContinue(data):
            return b"R", struct.pack("!I", 11) + data
        case AuthenticationSaslFinal(data):
            return b"R", struct.pack("!I", 12) + data
        case AuthenticationOther(method):
            return b"R", struct.pack("!I", method)
        case BackendKeyData(process_id, secret):
            return b"K", struct.pack("!i", process_id) + secret
        case NegotiateProtocolVersion(minor, options):
            return b"v", struct.pack("!II", minor, len(options)) + b"".join(map(_z, options))
        case ParameterStatus(name, value):
            return b"S", _z(name) + _z(value)
        case ReadyForQuery(status):
            return b"Z", status.encode()
        case ErrorResponse(fields) | NoticeResponse(fields):
            return b"E" if type(message) is ErrorResponse else b"N", _fields(fields)
        case NotificationResponse(process_id, channel, payload):
            return b"A", struct.pack("!i", process_id) + _z(channel) + _z(payload)
        case RowDescription(fields):
            described = [_z(f.name) + struct.pack("!IhIhih", *f[1:]) for f in fields]
            return b"T", struct.pack("!H", len(fields)) + b"".join(described)
        case ParameterDescription(type_oids):
            return b"t", struct.pack(f"!H{len(type_oids)}I", len(type_oids), *type_oids)
        case CommandComplete(tag):
            return b"C", _z(tag)
        case _ if type(message) in _COPY:
            return _COPY[type(message)], b"\0\0\0"
        case _:
            return _EMPTY_BODIES[type(message)], b""


@given(st.lists(messages, max_size=8), st.data())
def test_messages_come_out_as_sent_wherever_the_stream_is_cut(sent, data):
    stream = b"".join(map(encode, sent))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    parser = BackendParser()
    received = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        received += parser.feed(stream[start:end])
    assert received == sent
    assert [type(m) for m in received] == [type(m) for m in sent]


@given(messages)
def test_a_message_comes_out_with_its_last_byte_and_not_before(message):
    stream = encode(message)
    parser = BackendParser()
    for at in range(len(stream) - 1):
        assert parser.feed(stream[at : at + 1]) == []
    assert parser.feed(stream[-1:]) == [message]


@given(st.binary(max_size=200))
def test_any_bytes_give_messages_or_a_protocol_violation_and_nothing_else(noise):
    with contextlib.suppress(ProtocolViolation):
        BackendParser().feed(noise)


@given(st.sampled_from(sorted(b"123ACDEGHIKNRSTWZcdnstv")), st.binary(max_size=40))
def test_any_body_of_a_known_kind_gives_a_message_or_a_protocol_violation(kind, body):
    with contextlib.suppress(ProtocolViolation):
        BackendParser().feed(bytes([kind]) + struct.pack("!I", len(body) + 4) + body)


@given(messages.filter(lambda m: isinstance(m, DataRow | RowDescription | ParameterStatus | CommandComplete)))
def test_a_body_with_something_after_its_parts_is_refused(message):
    kind, body = _encoded(message)
    with pytest.raises(ProtocolViolation):
        BackendParser().feed(kind + struct.pack("!I", len(body) + 5) + body + b"x")


@pytest.mark.parametrize("length", [0, 3, 2**31, 2**32 - 1])
def test_a_length_that_no_server_can_send_is_refused_at_once(length):
    with pytest.raises(ProtocolViolation, match=str(length)):
        BackendParser().feed(b"D" + struct.pack("!I", length))


def test_an_unknown_kind_is_refused_by_its_letter():
    with pytest.raises(ProtocolViolation, match=r"'\?'"):
        BackendParser().feed(b"?\0\0\0\x04")


def test_a_large_message_in_many_pieces_costs_linear_time():
    row = DataRow((b"x" * 20_000_000,))
    stream = encode(row)
    parser = BackendParser()
    received = []
    for at in range(0, len(stream), 4096):
        received += parser.feed(stream[at : at + 4096])
    assert received == [row]
