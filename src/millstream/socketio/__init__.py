"""Engine.IO 4 and Socket.IO 5, server side, without I/O: packets, payloads, and the state of one client's session.

Used by `rooms` and `asgi.socketio`. Pure: time is handed in, nothing is logged, nothing is sent.
"""
