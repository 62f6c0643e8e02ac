// Socket.IO on Node, set up as its documentation advises for speed: WebSocket only, no compression.
// Environment: PORT; REDIS_URL for the Redis adapter; DATABASE_URL for durable messages; BENCH_NAMES for a crowd that
// is in a room of its own and in ten of 200 others, too.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });

if (process.env.REDIS_URL) {
  const { createAdapter } = await import("@socket.io/redis-adapter");
  const { createClient } = await import("redis");
  const publisher = createClient({ url: process.env.REDIS_URL });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  io.adapter(createAdapter(publisher, subscriber));
}

let store = async () => null;
if (process.env.DATABASE_URL) {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
  await pool.query("DROP TABLE IF EXISTS peer_event, peer_head");
  await pool.query("CREATE TABLE peer_head (room text PRIMARY KEY, seq bigint NOT NULL) WITH (fillfactor = 50)");
  await pool.query(
    "CREATE TABLE peer_event (id bigserial PRIMARY KEY, room text, seq bigint, type text, payload text, created_at timestamptz DEFAULT now(), UNIQUE (room, seq))",
  );
  // The statements that the engine issues for one durable event, one transaction for each message.
  store = async (room, payload) => {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      const head = await client.query(
        "INSERT INTO peer_head (room, seq) VALUES ($1, 1) ON CONFLICT (room) DO UPDATE SET seq = peer_head.seq + 1 RETURNING seq",
        [room],
      );
      const seq = Number(head.rows[0].seq);
      await client.query("INSERT INTO peer_event (room, seq, type, payload) VALUES ($1, $2, $3, $4)", [
        room,
        seq,
        "bench:stored",
        JSON.stringify(payload),
      ]);
      await client.query("COMMIT");
      return seq;
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  };
}

let numbers = 0;

io.of("/bench").on("connection", (socket) => {
  let room = "bench:1";
  socket.join(room);
  if (process.env.BENCH_NAMES) {
    const number = numbers++;
    socket.join(`own:${number}`);
    for (let part = 0; part < 10; part++) {
      socket.join(`topic:${20 * part + ((number * (part + 1) + Math.floor(number / 20)) % 20)}`);
    }
  }
  socket.on("bench:move", (payload, ack) => {
    socket.leave(room);
    room = `bench:${Number(payload.room)}`;
    socket.join(room);
    ack?.({ success: true });
  });
  socket.on("bench:publish", (payload, ack) => {
    io.of("/bench").to(room).emit("bench:said", payload);
    ack?.({ success: true });
  });
  socket.on("bench:store", async (payload, ack) => {
    const seq = await store(room, payload);
    io.of("/bench").to(room).emit("bench:stored", { ...payload, seq });
    ack?.({ success: true, data: { seq } });
  });
});

http.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"));
process.on("SIGTERM", () => process.exit(0));
