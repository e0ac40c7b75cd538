"""What the client sends is what section 55.7 of the PostgreSQL documentation says."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.pgwire import frontend


def test_startup_names_protocol_three_and_the_parameters():
    assert frontend.startup({"user": "u", "database": "d"}) == (
        b"\0\0\0\x1b" + b"\0\x03\0\0" + b"user\0u\0database\0d\0" + b"\0"
    )


def test_requests_outside_a_session_carry_their_magic_numbers():
    assert bytes.fromhex("0000000804d2162f") == frontend.SSL_REQUEST
    assert frontend.cancel_request(7, b"\x01\x02\x03\x04") == bytes.fromhex("0000001004d2162e0000000701020304")
    assert frontend.cancel_request(7, b"s" * 32)[:4] == struct.pack("!I", 44)


def test_sasl_messages_share_the_kind_p():
    assert frontend.sasl_initial_response("SCRAM-SHA-256", b"abc") == b"p\0\0\0\x19SCRAM-SHA-256\0\0\0\0\x03abc"
    assert frontend.sasl_response(b"abc") == b"p\0\0\0\x07abc"


def test_the_extended_query_messages():
    assert frontend.parse("s1", "select 1") == b"P\0\0\0\x12s1\0select 1\0\0\0"
    assert frontend.parse("", "select $1", (25,)) == b"P\0\0\0\x15\0select $1\0\0\x01\0\0\0\x19"
    assert frontend.describe_statement("s1") == b"D\0\0\0\x08Ss1\0"
    assert frontend.close_statement("s1") == b"C\0\0\0\x08Ss1\0"
    assert frontend.EXECUTE == b"E\0\0\0\x09\0\0\0\0\0"
    assert frontend.query("select 1") == b"Q\0\0\0\x0dselect 1\0"
    assert frontend.copy_data(b"xyz") == b"d\0\0\0\x07xyz"


@given(st.binary(max_size=5).filter(lambda b: 0 not in b), st.lists(st.none() | st.text() | st.binary(), max_size=6))
def test_bind_carries_every_parameter_as_text_or_null(name, parameters):
    message = frontend.bind(name, parameters)
    kind, length = struct.unpack_from("!cI", message)
    assert kind == b"B"
    assert length == len(message) - 1
    at = 5
    assert message[at : at + len(name) + 2] == b"\0" + name + b"\0"
    at += len(name) + 2
    formats, count = struct.unpack_from("!HH", message, at)
    assert (formats, count) == (0, len(parameters))
    at += 4
    for parameter in parameters:
        (size,) = struct.unpack_from("!i", message, at)
        at += 4
        if parameter is None:
            assert size == -1
        else:
            expected = parameter.encode() if isinstance(parameter, str) else parameter
            assert message[at : at + size] == expected
            at += size
    assert message[at:] == b"\0\0"


@pytest.mark.parametrize("encode", [frontend.query, frontend.describe_statement, lambda sql: frontend.parse("", sql)])
def test_a_zero_byte_in_a_statement_is_refused_rather_than_cut(encode):
    with pytest.raises(ValueError, match="zero byte"):
        encode("select 1\0; drop table t")
