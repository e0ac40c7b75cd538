"""Signatures on requests, and the receiver's side of them. Pure: the clock is the caller's."""
