"""Web push: what SQL left in the outbox goes, encrypted, to the push services of people's browsers (RFC 8030).

`kit.notify` writes a message for each device of a person; the server runs the `Delivery`. Applications turn it on by
`kit.web_push()` in their SQL, and call nothing here.
"""

from millstream.kit.push.delivery import PushDelivery

__all__ = ["PushDelivery"]
