import { describe, expect, it } from "vitest";
import { type Due, type Received, RoomLog } from "../../src/realtime/room-log";

function event(seq: number, epoch = "e1"): Received {
  return { type: "comment:new", payload: { seq }, meta: { room: "chapter:1", epoch, seq } };
}

function seqs(due: Due): number[] {
  return due.deliver.map(({ meta }) => meta.seq);
}

describe("a room's log", () => {
  it("begins wherever the first event is", () => {
    const log = new RoomLog();
    expect(seqs(log.take(event(7)))).toEqual([7]);
    expect(log.position).toEqual({ epoch: "e1", seq: 7 });
  });

  it("lets each event through once", () => {
    const log = new RoomLog({ epoch: "e1", seq: 2 });
    expect(seqs(log.take(event(3)))).toEqual([3]);
    expect(seqs(log.take(event(3)))).toEqual([]);
    expect(seqs(log.take(event(1)))).toEqual([]);
  });

  it("holds back what came too early and delivers in order once the hole is filled", () => {
    const log = new RoomLog({ epoch: "e1", seq: 2 });
    expect(log.take(event(5))).toEqual({ deliver: [], missing: true });
    log.asking = true;
    expect(log.take(event(4))).toEqual({ deliver: [] });
    expect(seqs(log.take(event(3)))).toEqual([3, 4, 5]);
  });

  it("learns its epoch from the first event of a room in which nothing had happened", () => {
    const log = new RoomLog({ epoch: "", seq: 0 });
    expect(log.take(event(1))).toEqual({ deliver: [event(1)] });
    expect(log.position).toEqual({ epoch: "e1", seq: 1 });
  });

  it("says so when the log has become another, and goes on from there", () => {
    const log = new RoomLog({ epoch: "e1", seq: 20 });
    const due = log.take(event(3, "e2"));
    expect(due.reset).toBe("epoch");
    expect(seqs(due)).toEqual([3]);
  });

  it("goes on from where the server says after a reset, with what came meanwhile", () => {
    const log = new RoomLog({ epoch: "e1", seq: 2 });
    log.asking = true;
    log.take(event(901));
    log.take(event(900));
    const due = log.reset({ epoch: "e1", seq: 900 }, "trimmed");
    expect(due.reset).toBe("trimmed");
    expect(seqs(due)).toEqual([901]);
  });

  it("keeps its own place when the server says where the stream is", () => {
    const log = new RoomLog({ epoch: "e1", seq: 2 });
    log.adopt({ epoch: "e1", seq: 9 });
    expect(log.position).toEqual({ epoch: "e1", seq: 2 });
  });
});
