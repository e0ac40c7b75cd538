"""Phoenix channels of /realtime/v1: who joined what, and what a joined channel may do.

`asgi.realtime` brings the messages of a socket, `phoenix.connection` says what they ask, this package decides and does
it, and `pubsub` carries what goes out.
"""
