"""Frames out: one bounded mailbox a socket, the hub that fills and flushes them, and the broker between nodes.

Knows neither protocols nor rights: takes finished frames from whoever built them, promises order within one socket and
one write per socket and loop tick, and ends a socket that reads too slowly instead of dropping or hoarding frames.
"""

from millstream.pubsub.broker import Broker
from millstream.pubsub.broker_local import BrokerLocal
from millstream.pubsub.deadlines import Deadlines
from millstream.pubsub.disconnect import Disconnect
from millstream.pubsub.held_mailbox import HeldMailbox
from millstream.pubsub.hub import Hub
from millstream.pubsub.mailbox import Mailbox
from millstream.pubsub.settings import MailboxSettings

__all__ = ["Broker", "BrokerLocal", "Deadlines", "Disconnect", "HeldMailbox", "Hub", "Mailbox", "MailboxSettings"]
