"""Plays the traffic that an application declares: people who use its public API, at a chosen speed, until it stops."""

from millstream.kit.simulation.play import Played, Tally, play
from millstream.kit.simulation.server import ServerUnknown, find_server

__all__ = ["Played", "ServerUnknown", "Tally", "find_server", "play"]
