// The peer: node's socket.io, as its documentation emits to a room. Every client is in one room; an event of a client is
// emitted to all of it. Prints its port.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { pingInterval: 300_000, pingTimeout: 300_000 });

io.on("connection", (socket) => {
  socket.join("bench");
  socket.on("call", (name, payload) => io.to("bench").emit(name, payload));
});
http.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => console.log(http.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
