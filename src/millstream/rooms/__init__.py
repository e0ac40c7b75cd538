"""Rooms for clients of Socket.IO: who is in which by right, and what is said there because the log says so.

`asgi.socketio` brings the packets of a connection, `socketio.session` says what they ask, this package decides and does
it. An application declares which change emits which event to which rooms; nobody sends to a socket.
"""
