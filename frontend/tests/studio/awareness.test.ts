import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { Carets } from "../../src/studio/awareness";
import type { CaretEvent, CaretState } from "../../src/studio/wire";

// Before anything is imported: the library keeps the clock that it found.
vi.hoisted(() => vi.useFakeTimers());

interface Said {
  clock: number;
  state: CaretState | null;
}

let said: Said[] = [];
let carets: Carets;

const at = (place: number): CaretState["cursor"] => ({ anchor: { place }, head: { place } });
const heard = (clientId: number, clock: number, state: CaretState | null): CaretEvent => ({
  clientId,
  clock,
  state,
  userId: 7,
  username: "queequeg",
  displayName: "Queequeg",
  color: "3",
});

beforeEach(() => {
  said = [];
  carets = new Carets(new Y.Doc(), async (_clientId, clock, state) => said.push({ clock, state }));
  carets.adopt([]);
});

afterEach(() => {
  carets.leave();
});

const others = () => [...carets.awareness.getStates().keys()].filter((id) => id !== carets.awareness.clientID);

it("says where the caret is at most seven times a second, and where it ends", async () => {
  for (let place = 0; place < 100; place += 1) {
    carets.awareness.setLocalStateField("cursor", at(place));
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(200);
  expect(said.length).toBeLessThanOrEqual(9);
  expect(said.at(-1)?.state).toEqual({ cursor: at(99) });
  const clocks = said.map(({ clock }) => clock);
  expect(clocks).toEqual([...new Set(clocks)].sort((a, b) => a - b));
});

it("does not say the same again when others type, but renews it after 15 seconds", async () => {
  for (let turn = 0; turn < 50; turn += 1) {
    carets.awareness.setLocalStateField("cursor", at(1));
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(said).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(said).toHaveLength(2);
});

it("says null when it goes, and only if anything was said", async () => {
  carets.leave();
  expect(said).toEqual([]);
  carets = new Carets(new Y.Doc(), async (_clientId, clock, state) => said.push({ clock, state }));
  carets.adopt([]);
  carets.awareness.setLocalStateField("cursor", at(1));
  await vi.advanceTimersByTimeAsync(200);
  carets.leave();
  expect(said.map(({ state }) => state)).toEqual([{ cursor: at(1) }, null]);
  expect(said[1]?.clock).toBeGreaterThan(said[0]?.clock ?? 0);
});

it("takes what is newer, null at the same clock too, with the server's name", () => {
  carets.take(heard(5, 3, { cursor: at(1) }));
  expect(carets.awareness.getStates().get(5)).toMatchObject({ cursor: at(1), user: { name: "Queequeg", userId: 7 } });
  carets.take(heard(5, 2, { cursor: at(2) }));
  expect(carets.awareness.getStates().get(5)?.cursor).toEqual(at(1));
  carets.take(heard(5, 3, null));
  expect(others()).toEqual([]);
  carets.take(heard(5, 3, { cursor: at(1) }));
  expect(others()).toEqual([]);
  carets.take(heard(5, 4, { cursor: at(1) }));
  expect(others()).toEqual([5]);
});

it("forgets after 30 seconds who says nothing", async () => {
  carets.take(heard(5, 1, { cursor: at(1) }));
  await vi.advanceTimersByTimeAsync(34_000);
  expect(others()).toEqual([]);
});

it("believes the server's list after a break, and says its own again", async () => {
  carets.awareness.setLocalStateField("cursor", at(1));
  carets.take(heard(5, 1, { cursor: at(1) }));
  await vi.advanceTimersByTimeAsync(200);
  carets.pause();
  carets.awareness.setLocalStateField("cursor", at(2));
  await vi.advanceTimersByTimeAsync(1000);
  expect(said).toHaveLength(1);
  carets.adopt([heard(6, 1, { cursor: at(3) })]);
  await vi.advanceTimersByTimeAsync(200);
  expect(others()).toEqual([6]);
  expect(said.at(-1)?.state).toEqual({ cursor: at(2) });
});

it("takes no word about itself", () => {
  carets.take(heard(carets.awareness.clientID, 99, null));
  expect(carets.awareness.getLocalState()).not.toBeNull();
});
