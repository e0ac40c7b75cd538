"""Logical replication messages without I/O: bytes to transactions.

`feedback` unpacks what the replication stream carries, `decoder` reads pgoutput's messages out of it, `assembler`
puts them together to transactions of the vocabulary in `change`. Whoever owns the stream is `wal.tailer`.
"""
