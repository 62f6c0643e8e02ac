import { describe, expect, it, vi } from "vitest";
import { CommandError, disconnected } from "../../src/realtime/errors";
import { Outbox } from "../../src/realtime/outbox";
import { settled, storage } from "./fake-server";

const POST = { chapterId: 3, text: "Hello", parentId: null, paragraph: null };

function refused(code: string): CommandError {
  return new CommandError({ code, message: "No.", retryable: false });
}

describe("the outbox", () => {
  it("keeps what was said offline and sends it, in order, when the connection stands", async () => {
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
