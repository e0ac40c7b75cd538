"""The data API at work: one pipelined round trip per request, as the caller."""
