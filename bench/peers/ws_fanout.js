// The peer: node's `ws`, as its documentation fans out, with client.send() for each client of one text.
// The first message of a connection is its join and is answered; every later one is a trigger. Prints its port.
import { WebSocketServer } from "ws";

const text = "x".repeat(Number(process.argv[2]));
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, backlog: 4096 });
const joined = new Set();

server.on("listening", () => console.log(server.address().port));
server.on("connection", (socket) => {
  socket.on("message", () => {
    if (joined.has(socket)) {
      for (const client of joined) client.send(text);
    } else {
      joined.add(socket);
      socket.send("ok");
    }
  });
  socket.on("close", () => joined.delete(socket));
});
process.stdin.on("end", () => process.exit(0)).resume();
