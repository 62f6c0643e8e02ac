import { describe, expect, it, vi } from "vitest";
import { CommandError, disconnected, interrupted } from "../../src/realtime/errors";
import { Outbox } from "../../src/realtime/outbox";
import { settled, storage } from "./fake-server";

const POST = { chapterId: 3, text: "Hello", parentId: null, paragraph: null };

function refused(code: string): CommandError {
  return new CommandError({ code, message: "No.", retryable: false });
}

describe("the outbox", () => {
  it("keeps what was said offline and sends it, in order, when the connection is open", async () => {
    const send = vi.fn(() => Promise.resolve({ id: 1 }));
    const outbox = new Outbox(send, 1, storage());
    outbox.add("comment:post", POST);
    outbox.add("comment:post", { ...POST, text: "Again" });
    await settled();
    expect(send).not.toHaveBeenCalled();
    outbox.connected(true);
    await settled();
    expect(send.mock.calls.map((call: unknown[]) => (call[1] as typeof POST).text)).toEqual(["Hello", "Again"]);
    expect(outbox.entries.value).toEqual([]);
  });

  it("sends with the same requestId when nobody knows whether it arrived", async () => {
    const send = vi.fn().mockRejectedValueOnce(disconnected()).mockResolvedValue({});
    const outbox = new Outbox(send, 1, storage());
    outbox.connected(true);
    const { requestId } = outbox.add("comment:post", POST);
    await settled();
    expect(outbox.entries.value[0]?.state).toBe("waiting");
    outbox.connected(true);
    await settled();
    expect(send.mock.calls.map((call) => call[2])).toEqual([requestId, requestId]);
    expect(outbox.entries.value).toEqual([]);
  });

  it("leaves what was refused to the person, and goes on with the rest", async () => {
    const send = vi.fn().mockRejectedValueOnce(refused("COMMENTS_LOCKED")).mockResolvedValue({});
    const outbox = new Outbox(send, 1, storage());
    const first = outbox.add("comment:post", POST);
    outbox.add("comment:post", POST);
    outbox.connected(true);
    await settled();
    expect(outbox.entries.value).toMatchObject([{ requestId: first.requestId, state: "failed", error: "No." }]);
    outbox.retry(first.requestId);
    await settled();
    expect(outbox.entries.value).toEqual([]);
  });

  it("sets aside what ended the connection three times, says so, and goes on with the rest", async () => {
    const ends = (payload: unknown) => (payload as typeof POST).text === "Hello";
    const send = vi.fn((_: unknown, payload: unknown) =>
      ends(payload) ? Promise.reject(interrupted()) : Promise.resolve({}),
    );
    const kept = storage();
    const setAside = vi.fn();
    const first = new Outbox(send, 1, kept);
    first.add("comment:post", POST);
    first.add("comment:post", { ...POST, text: "Behind it" });
    first.connected(true);
    await settled();
    // A reload does not begin the count anew.
    const outbox = new Outbox(send, 1, kept);
    outbox.onSetAside(setAside);
    for (let connection = 2; connection <= 4; connection += 1) {
      outbox.connected(true);
      await settled();
    }
    expect(outbox.entries.value).toMatchObject([
      { payload: POST, state: "failed", error: expect.stringMatching(/set aside/i) },
    ]);
    expect(setAside).toHaveBeenCalledOnce();
    expect(send.mock.calls.filter(([, payload]) => ends(payload))).toHaveLength(3);
    outbox.discard(outbox.entries.value[0]?.requestId ?? "");
    expect(outbox.entries.value).toEqual([]);
  });

  it("blames nothing for a connection that was not there, or ended in order", async () => {
    const send = vi.fn().mockRejectedValue(disconnected());
    const outbox = new Outbox(send, 1, storage());
    outbox.add("comment:post", POST);
    for (let connection = 1; connection <= 10; connection += 1) {
      outbox.connected(true);
      await settled();
    }
    expect(outbox.entries.value[0]?.state).toBe("waiting");
  });

  it("survives a reload, for the same person only", () => {
    const kept = storage();
    new Outbox(vi.fn(), 1, kept).add("comment:post", POST);
    expect(new Outbox(vi.fn(), 1, kept).entries.value).toHaveLength(1);
    expect(new Outbox(vi.fn(), 2, kept).entries.value).toHaveLength(0);
  });

  it("tells who waits for it that an entry was carried out", async () => {
    const outbox = new Outbox(() => Promise.resolve({ id: 9 }), 1, storage());
    const sent = vi.fn();
    outbox.onSent(sent);
    outbox.connected(true);
    const entry = outbox.add("comment:post", POST);
    await settled();
    expect(sent).toHaveBeenCalledWith(expect.objectContaining({ requestId: entry.requestId }), { id: 9 });
  });
});
