"""Room emits of Socket.IO: Millstream beside node's socket.io and python-socketio, under one load."""
