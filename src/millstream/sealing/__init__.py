"""Encryption of secrets that the database keeps: what is read from a stolen copy of it is of no use. Pure."""

from millstream.sealing.sealer import SealBroken, Sealer

__all__ = ["SealBroken", "Sealer"]
