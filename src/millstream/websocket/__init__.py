"""RFC 6455, server side, without I/O: the handshake, frames built once for all recipients, and one connection's state.

Used by `asgi.realtime`, and by everyone who builds a frame for `pubsub`. Pure.
"""
