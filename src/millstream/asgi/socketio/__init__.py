"""The edge of Socket.IO: Engine.IO sessions over long polling and WebSocket, at `<prefix>/socket.io/`."""
