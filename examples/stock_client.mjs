// Follows a book with the stock client: node stock_client.mjs http://localhost:8000 1
import { io } from "socket.io-client";

const [origin, book] = process.argv.slice(2);
const { LIVRYA_USER: username = "tom", LIVRYA_PASSWORD: password = "paper-ink-rubric" } = process.env;

async function post(path, body) {
  const answer = await fetch(`${origin}/api/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const reply = await answer.json();
  if (!answer.ok) throw new Error(`${reply.code}: ${reply.message}`);
  return reply;
}

let tokens = await post("auth/token/", { username, password });
const renew = async () => {
  tokens = await post("auth/token/refresh/", { refresh: tokens.refresh });
};

const socket = io(`${origin}/books`, { auth: (give) => give({ token: tokens.access }) });
let place; // everything of the book's room up to here has been received

socket.on("connect", async () => {
  // Recovered: the room is entered already, and what was missed is on its way.
  if (socket.recovered) return console.log("recovered");
  const { success, data, error } = await socket.emitWithAck("book:join", { bookId: book, since: place });
  if (!success) return console.error(error.code, error.message);
  place = data.position;
  console.log("entered", data.room);
});

// The payload first; meta says where in the log an event is: {eventId, timestamp, room, epoch, seq}.
socket.onAny((type, payload, meta) => {
  if (meta?.room !== `book:${book}` || meta.seq === undefined) return;
  place = { epoch: meta.epoch, seq: meta.seq };
  console.log(type, JSON.stringify(payload));
});

socket.on("auth:expiring", async () => {
  await renew();
  socket.emit("auth:refresh", { token: tokens.access });
});

// A lost connection comes back by itself; one that was refused only if it is asked to.
socket.on("connect_error", async ({ message, data }) => {
  console.error(data?.code ?? message);
  if (data?.code !== "TOKEN_EXPIRED") return;
  await renew();
  socket.connect();
});
