// Stock socket.io-clients, many in one process: each follows one room and keeps count of what it hears.
// node chaos.mjs PACKAGE ORIGIN ROOM TRANSPORTS…; a line on standard input is answered by what every client has so far.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [, , packageFile, origin, room, ...transports] = process.argv;
const { Manager } = createRequire(packageFile)("socket.io-client");

const clients = transports.map((wanted, index) => {
  const seen = { transports: wanted, connects: 0, recovered: 0, ends: 0, refused: [], lost: [], seqs: [] };
  let position = { epoch: "", seq: 0 };
  const manager = new Manager(origin, {
    ...(wanted === "upgrade" ? {} : { transports: [wanted] }),
    reconnectionDelay: 100,
    reconnectionDelayMax: 2000,
  });
  // What a client does that wants no gap: where recovery is refused, it subscribes again from its positions.
  const socket = manager.socket("/halls", { auth: (go) => go({ token: `${index + 1}`, rooms: { [room]: position } }) });
  socket.on("connect", () => {
    seen.connects += 1;
    if (socket.recovered) seen.recovered += 1;
  });
  socket.on("disconnect", () => (seen.ends += 1));
  // Without data it is the transport's, which the library tries again by itself.
  socket.on("connect_error", (error) => {
    if (error.data || error.message === "Invalid namespace") seen.refused.push(error.message);
  });
  socket.on("session:ready", (ready) => {
    const outcome = ready.rooms[room];
    if (!outcome?.recovered) seen.lost.push(outcome?.reason ?? "not there");
  });
  socket.on("room:reset", (reset) => seen.lost.push(reset.reason));
  socket.on("room:left", () => seen.lost.push("left"));
  socket.on("hall:said", (payload, meta) => {
    position = { epoch: meta.epoch, seq: meta.seq };
    seen.seqs.push(meta.seq);
  });
  socket.connect();
  return { seen, socket };
});

for await (const _ of createInterface({ input: process.stdin })) {
  const results = clients.map(({ seen, socket }) => ({ ...seen, gone: !socket.active, connected: socket.connected }));
  process.stdout.write(`${JSON.stringify(results)}\n`);
}
process.exit(0);
