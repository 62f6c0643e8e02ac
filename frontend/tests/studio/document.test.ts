import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { DraftDocument, plainText } from "../../src/studio/document";
import { FakeDevice, FakeDocument, FakeWire, refusal } from "./fake-document";

interface Page {
  draft: DraftDocument;
  wire: FakeWire;
  device: FakeDevice;
}

let pages: Page[] = [];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const { draft } of pages) draft.dispose();
  pages = [];
  vi.useRealTimers();
});

async function open(
  server: FakeDocument,
  options: { device?: FakeDevice; isUp?: boolean; paceMs?: number } = {},
): Promise<Page> {
  const wire = new FakeWire(server);
  wire.isUp = options.isUp ?? true;
  const device = options.device ?? new FakeDevice();
  const draft = new DraftDocument({
    wire,
    copies: device,
    frame: (run) => run(),
    random: () => 1,
    paceMs: options.paceMs ?? 0,
  });
  const page = { draft, wire, device };
  pages.push(page);
  await draft.start();
  await due();
  return page;
}

/** Lets happen what is due at this moment. */
const due = () => vi.advanceTimersByTimeAsync(0);
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function type({ draft }: Page, text: string, at = 0): void {
  const words = (draft.text().get(0) as Y.XmlElement).get(0) as Y.XmlText;
  words.insert(at, text);
}

const shown = ({ draft }: Page) => plainText(draft.text());
const status = ({ draft }: Page) => draft.state.value.status;

describe("two pages and one document", () => {
  it("shows what the server has, and says saved", async () => {
    const page = await open(new FakeDocument(["One.", "Two."]));
    expect(shown(page)).toBe("One.\n\nTwo.");
    expect(status(page)).toBe("saved");
  });

  it("brings what one types to the other one, and says saved once it is committed", async () => {
    const server = new FakeDocument(["Sea."]);
    const ishmael = await open(server);
    const queequeg = await open(server);
    ishmael.wire.isHeld = true;
    type(ishmael, "The ");
    await due();
    expect(status(ishmael)).toBe("saving");
    expect(shown(queequeg)).toBe("Sea.");
    ishmael.wire.release();
    await due();
    expect(status(ishmael)).toBe("saved");
    expect(shown(queequeg)).toBe("The Sea.");
    expect(server.text()).toBe("The Sea.");
  });

  it("has one update in flight, and merges what comes up meanwhile", async () => {
    const server = new FakeDocument(["."]);
    const page = await open(server);
    page.wire.isHeld = true;
    for (const letter of "cba") type(page, letter);
    await due();
    page.wire.release();
    await due();
    expect(page.wire.updates).toHaveLength(2);
    expect(server.text()).toBe("abc.");
  });

  it("sends no more than eight updates a second, however fast one types", async () => {
    const server = new FakeDocument(["."]);
    const page = await open(server, { paceMs: 120 });
    for (let letter = 0; letter < 100; letter += 1) {
      type(page, "a");
      await later(10);
    }
    expect(page.wire.updates.length).toBeLessThanOrEqual(9);
    await later(200);
    expect(status(page)).toBe("saved");
    expect(server.text()).toBe(`${"a".repeat(100)}.`);
  });

  it("takes events in any order and twice", async () => {
    const server = new FakeDocument(["."]);
    const writer = await open(server);
    const reader = await open(server);
    reader.wire.inbox = [];
    for (const letter of "edcba") {
      type(writer, letter);
      await due();
    }
    reader.wire.deliverHeld((count) => [...Array(count).keys()].reverse().flatMap((at) => [at, at]));
    await due();
    expect(shown(reader)).toBe("abcde.");
  });

  it("asks for what is missing when something builds on it", async () => {
    const server = new FakeDocument(["."]);
    const writer = await open(server);
    const reader = await open(server);
    reader.wire.inbox = [];
    type(writer, "b");
    await due();
    type(writer, "a");
    await due();
    reader.wire.deliverHeld(() => [1]);
    await due();
    expect(shown(reader)).toBe("ab.");
  });
});

describe("a link that comes and goes", () => {
  it("keeps what is typed while cut off, and sends it when it is back", async () => {
    const server = new FakeDocument(["."]);
    const ishmael = await open(server);
    const queequeg = await open(server);
    ishmael.wire.cut();
    type(ishmael, "offline ");
    await due();
    expect(status(ishmael)).toBe("kept");
    type(queequeg, "online ");
    await due();
    ishmael.wire.connect();
    await due();
    expect(status(ishmael)).toBe("saved");
    expect(shown(ishmael)).toBe(shown(queequeg));
    expect(shown(ishmael)).toContain("offline ");
    expect(shown(ishmael)).toContain("online ");
    expect(shown(ishmael)).toBe(server.text());
  });

  it("says saved of what was committed before a cut only after it knows it, and sends it twice harmlessly", async () => {
    const server = new FakeDocument(["."]);
    const page = await open(server);
    page.wire.trouble("update", refusal("INTERRUPTED", { retryable: true }), true);
    type(page, "a");
    await due();
    page.wire.cut();
    expect(status(page)).toBe("kept");
    page.wire.connect();
    await due();
    expect(status(page)).toBe("saved");
    expect(server.text()).toBe("a.");
    expect(server.log).toHaveLength(1);
  });

  it("loses nothing of a page that was left before it could be sent", async () => {
    const server = new FakeDocument(["."]);
    const first = await open(server);
    first.wire.cut();
    type(first, "unsaved ");
    await due();
    first.draft.dispose();
    const second = await open(server, { device: first.device, isUp: false });
    expect(shown(second)).toBe("unsaved .");
    expect(status(second)).toBe("kept");
    second.wire.connect();
    await due();
    expect(status(second)).toBe("saved");
    expect(server.text()).toBe("unsaved .");
  });

  it("also sends what was only taken out before the page was left", async () => {
    const server = new FakeDocument(["Too much."]);
    const first = await open(server);
    first.wire.cut();
    ((first.draft.text().get(0) as Y.XmlElement).get(0) as Y.XmlText).delete(0, 4);
    await due();
    first.draft.dispose();
    const second = await open(server, { device: first.device });
    expect(server.text()).toBe("much.");
    expect(status(second)).toBe("saved");
    const third = await open(server, { device: first.device });
    expect(third.wire.updates).toHaveLength(0);
  });

  it("sends in pieces what is too long for one frame", async () => {
    const server = new FakeDocument(["."]);
    const page = await open(server);
    page.wire.cut();
    type(page, "🐋 and a long story. ".repeat(6000));
    page.wire.connect();
    await due();
    expect(status(page)).toBe("saved");
    expect(page.wire.updates.length).toBeGreaterThan(2);
    expect(Math.max(...page.wire.updates.map((update) => update.length))).toBeLessThanOrEqual(40_000);
    expect(server.text()).toBe(shown(page));
  });

  it("asks for a sign of life before two seconds of silence are over, while something is unsaved, and only then", async () => {
    const page = await open(new FakeDocument(["."]));
    await later(60_000);
    expect(page.wire.proofs).toHaveLength(0);
    page.wire.isHeld = true;
    type(page, "a");
    await later(2000);
    expect(page.wire.proofs).toEqual([2500]);
    page.wire.cut();
    expect(status(page)).toBe("kept");
  });

  it("opens anew after a reset of the room", async () => {
    const server = new FakeDocument(["."]);
    const page = await open(server);
    page.wire.handlers?.reset();
    await due();
    expect(page.wire.opened).toBe(2);
    expect(status(page)).toBe("saved");
  });
});

describe("refusals", () => {
  it("sends all that is beyond the vector when the server lacks something", async () => {
    const server = new FakeDocument(["."]);
    const page = await open(server);
    // What was acknowledged is gone again: a database that was put back.
    type(page, "b");
    await due();
    const before = new FakeDocument(["."]);
    Y.applyUpdate(server.doc, Y.encodeStateAsUpdate(before.doc));
    const state = Y.encodeStateAsUpdate(server.doc);
    server.doc = new Y.Doc();
    Y.applyUpdate(server.doc, state);
    page.wire.trouble("update", refusal("OUT_OF_SYNC", { details: { vector: "AA==" } }));
    type(page, "a");
    await due();
    expect(status(page)).toBe("saved");
    expect(server.text()).toContain("ab.");
  });

  it("tries again what the server could not do now, and says that it is kept", async () => {
    const server = new FakeDocument(["."]);
    const page = await open(server);
    for (const code of ["UNAVAILABLE", "RATE_LIMITED", "TIMEOUT"]) {
      page.wire.trouble("update", refusal(code, { retryable: true }));
    }
    type(page, "a");
    await due();
    expect(status(page)).toBe("kept");
    await later(10_000);
    expect(status(page)).toBe("saved");
    expect(server.text()).toBe("a.");
  });

  it("waits as long as it is told to", async () => {
    const page = await open(new FakeDocument(["."]));
    page.wire.trouble("update", refusal("RATE_LIMITED", { retryable: true, retryAfter: 5000 }));
    type(page, "a");
    await later(4900);
    expect(page.wire.updates).toHaveLength(0);
    await later(200);
    expect(status(page)).toBe("saved");
  });

  it("tries again when the document cannot be opened now", async () => {
    const server = new FakeDocument(["One."]);
    const page = await open(server, { isUp: false });
    page.wire.trouble("open", refusal("UNAVAILABLE", { retryable: true }));
    page.wire.connect();
    await due();
    expect(status(page)).toBe("opening");
    await later(1000);
    expect(status(page)).toBe("saved");
  });

  it("stops at what is refused for good, keeps the text on this device, and goes on from what is saved when asked", async () => {
    const server = new FakeDocument(["."]);
    const page = await open(server);
    page.wire.trouble("update", refusal("VALIDATION"));
    type(page, "bad ");
    await due();
    expect(status(page)).toBe("lost");
    expect(page.draft.state.value.error?.code).toBe("VALIDATION");
    expect(shown(page)).toBe("bad .");
    type(page, "more ");
    await later(60_000);
    expect(page.wire.updates).toHaveLength(0);
    const rescued: string[] = [];
    page.draft.onRescued((text) => rescued.push(text));
    await page.draft.startOver();
    await due();
    expect(rescued).toEqual(["more bad ."]);
    expect(status(page)).toBe("saved");
    expect(shown(page)).toBe(".");
  });

  it("only reads once it may no longer write", async () => {
    const server = new FakeDocument(["."]);
    const page = await open(server);
    page.wire.role = "read";
    type(page, "a");
    await due();
    expect(status(page)).toBe("readonly");
    expect(server.text()).toBe(".");
    expect(shown(page)).toBe("a.");
  });

  it.each(["read", "comment"] as const)("sends nothing with the role %s", async (role) => {
    const server = new FakeDocument(["."]);
    const wire = await open(server, { isUp: false });
    wire.wire.role = role;
    wire.wire.connect();
    await due();
    type(wire, "a");
    await due();
    expect(status(wire)).toBe("readonly");
    expect(wire.wire.updates).toHaveLength(0);
  });

  it("only reads a document of another schema", async () => {
    const server = new FakeDocument(["."]);
    server.schema = 2;
    const page = await open(server);
    type(page, "a");
    await due();
    expect(status(page)).toBe("readonly");
    expect(page.draft.state.value.isOutdated).toBe(true);
    expect(server.text()).toBe(".");
  });

  it("drops its copy when the document's epoch has ended, and hands out what only it had", async () => {
    const server = new FakeDocument(["Old."]);
    const page = await open(server);
    const rescued: string[] = [];
    page.draft.onRescued((text) => rescued.push(text));
    page.wire.cut();
    type(page, "mine ");
    server.changeEpoch("e2", ["New."]);
    page.wire.connect();
    await due();
    expect(shown(page)).toBe("New.");
    expect(rescued).toEqual(["mine Old."]);
    expect(status(page)).toBe("saved");
    expect([...page.device.stored.keys()]).toEqual(["e2.1"]);
    expect(page.device.recall()).toEqual({ epoch: "e2", schema: 1 });
  });

  it("meets the end of an epoch in the middle of writing", async () => {
    const server = new FakeDocument(["Old."]);
    const page = await open(server);
    server.changeEpoch("e2", ["New."]);
    type(page, "mine ");
    await due();
    expect(shown(page)).toBe("New.");
    expect(server.text()).toBe("New.");
  });

  it("is lost to who is put out, and leaves no copy of what is saved", async () => {
    const page = await open(new FakeDocument(["Secret."]));
    page.wire.handlers?.lost(refusal("FORBIDDEN"));
    await due();
    expect(status(page)).toBe("lost");
    expect(page.device.stored.size).toBe(0);
  });

  it("works where the device keeps nothing, and says so", async () => {
    const device = new FakeDevice();
    device.isForbidden = true;
    const server = new FakeDocument(["."]);
    const page = await open(server, { device });
    expect(page.draft.state.value.isKeptHere).toBe(false);
    type(page, "a");
    await due();
    expect(server.text()).toBe("a.");
  });
});

describe("any mix of cuts, refusals, reordering and offline hours", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("ends with one text in which every word stands once (%i)", async (seed) => {
    const random = generator(seed);
    const server = new FakeDocument(["."]);
    const people = [await open(server), await open(server), await open(server)];
    const words: string[] = [];
    for (let turn = 0; turn < 150; turn += 1) {
      const page = people[Math.floor(random() * people.length)];
      if (!page) continue;
      const what = random();
      if (what < 0.5) {
        const word = `w${turn}x `;
        words.push(word);
        type(page, word);
      } else if (what < 0.6) page.wire.cut();
      else if (what < 0.75) page.wire.connect();
      else if (what < 0.8) page.wire.trouble("update", refusal("UNAVAILABLE", { retryable: true }));
      else if (what < 0.85) page.wire.trouble("update", refusal("TIMEOUT", { retryable: true }), true);
      else if (what < 0.9) page.wire.inbox ??= [];
      else if (what < 0.95) page.wire.deliverHeld((count) => [...Array(count).keys()].sort(() => random() - 0.5));
      else await later(Math.floor(random() * 3000));
      if (random() < 0.5) await due();
    }
    for (const page of people) {
      page.wire.deliverHeld();
      page.wire.cut();
      page.wire.connect();
    }
    await later(60_000);
    for (const page of people) {
      expect(status(page)).toBe("saved");
      expect(shown(page)).toBe(server.text());
    }
    for (const word of words) expect(server.text().split(word)).toHaveLength(2);
  });
});

function generator(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
