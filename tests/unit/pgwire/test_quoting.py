"""Quoted names and values hold whatever is in them."""

from hypothesis import given
from hypothesis import strategies as st

from millstream.pgwire.quoting import quote_identifier, quote_literal


@given(st.text())
def test_a_quote_within_is_doubled_and_so_never_ends_the_text(text):
    for quote, quoted in (("'", quote_literal(text)), ('"', quote_identifier(text))):
        assert quoted[0] == quoted[-1] == quote
        assert quoted[1:-1].replace(quote * 2, "").count(quote) == 0
        assert quoted[1:-1].replace(quote * 2, quote) == text
