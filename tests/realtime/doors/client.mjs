// A stock socket.io-client, driven by lines of JSON: commands in, everything that happens out.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.argv[2]);
const { Manager } = require("socket.io-client");
const manager = new Manager(process.argv[3], {
  reconnectionDelay: 50,
  reconnectionDelayMax: 200,
  autoConnect: false,
  ...JSON.parse(process.argv[4]),
});
const sockets = new Map();

const packed = (value) => JSON.parse(JSON.stringify(value, (_, item) =>
  item?.type === "Buffer" ? { $bytes: Buffer.from(item.data).toString("base64") } : item));
const unpacked = (value) => JSON.parse(JSON.stringify(value), (_, item) =>
  item?.$bytes === undefined ? item : Buffer.from(item.$bytes, "base64"));
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const commands = {
  open({ namespace, auth }) {
    const socket = manager.socket(namespace, { auth });
    sockets.set(namespace, socket);
    socket.on("connect", () => tell({ what: "connect", namespace, id: socket.id, recovered: socket.recovered === true }));
    socket.on("connect_error", (error) => tell({ what: "refused", namespace, message: error.message, data: error.data }));
    socket.on("disconnect", (reason) => tell({ what: "disconnect", namespace, reason }));
    socket.onAny((...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
      tell({ what: "event", namespace, args: packed(args) });
      ack?.(...args.slice(1));
    });
    socket.connect();
  },
  emit({ namespace, args }) {
    sockets.get(namespace).emit(...unpacked(args));
  },
  ask({ namespace, args, number }) {
    sockets.get(namespace).emit(...unpacked(args), (...answer) => tell({ what: "ack", number, args: packed(answer) }));
  },
  // As a lost network would: without a word to the server.
  cut() {
    const transport = manager.engine.transport;
    (transport.ws?._socket ?? { destroy: () => manager.engine.close() }).destroy();
  },
  transport({ number }) {
    tell({ what: "ack", number, args: [manager.engine.transport.name] });
  },
  // As an app does that is put aside, and taken up again.
  wake({ namespace }) {
    sockets.get(namespace).connect();
  },
  leave({ namespace }) {
    sockets.get(namespace).disconnect();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  commands[command.do](command);
}
manager._close?.();
process.exit(0);
