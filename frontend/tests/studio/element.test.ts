import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Store } from "../../src/realtime/store";
import { FakeDevice, FakeDocument, FakeWire, refusal } from "./fake-document";

let server: FakeDocument;
let wire: FakeWire;
let device: FakeDevice;

vi.mock("../../src/realtime/page", () => ({
  page: { user: { id: 1, username: "ishmael", name: "Ishmael", staff: false } },
  live: {
    presence: () => ({ state: people }),
    on: (type: string, hear: (event: object) => void, room: string) => {
      heard.set(`${type} ${room}`, hear);
      return () => heard.delete(`${type} ${room}`);
    },
    onJoined: () => () => undefined,
    onReset: () => () => undefined,
    isInside: () => true,
    command: (type: string, payload: object) => command(type, payload),
  },
}));
vi.mock("../../src/studio/wire", () => ({ sessionWire: () => wire }));
vi.mock("../../src/studio/local-copy", () => ({ deviceCopies: () => device }));

const command = vi.fn<(type: string, payload: object) => Promise<unknown>>();
const heard = new Map<string, (event: object) => void>();
const people = new Store({ people: [{ userId: 2, username: "pip", displayName: "Pip", away: false }] });

await import("../../src/studio/element");

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeDocument(["Call me Ishmael."]);
  wire = new FakeWire(server);
  device = new FakeDevice();
  command.mockReset().mockResolvedValue({ clashes: [] });
});

afterEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
  vi.useRealTimers();
});

interface Page {
  studio: HTMLElement;
  field: HTMLTextAreaElement;
  form: HTMLFormElement;
}

async function open({ readonly = false } = {}): Promise<Page> {
  const page = document.createElement("div");
  page.innerHTML = `<form class="editor"><lv-studio chapter="3" language="en"><label for="t">Text</label>
    <textarea id="t" name="text"${readonly ? " readonly" : ""}>Call me Ishmael.</textarea></lv-studio></form>`;
  document.body.append(page);
  await due();
  const [studio, field, form] = ["lv-studio", "textarea", "form"].map((one) => document.querySelector(one));
  return { studio: studio as HTMLElement, field: field as HTMLTextAreaElement, form: form as HTMLFormElement };
}

const due = () => vi.advanceTimersByTimeAsync(0);
const said = () => document.querySelector(".studio__state")?.textContent?.trim();
const editor = () => document.querySelector<HTMLElement>(".studio__text");

function write(text: string): void {
  const { editor: inside } = editor() as unknown as { editor: { commands: { insertContent(text: string): void } } };
  inside.commands.insertContent(text);
}

describe("the studio in the chapter's form", () => {
  it("takes the field's place once the draft is open, which is not sent with the form any more", async () => {
    const { field } = await open();
    expect(field.readOnly).toBe(true);
    expect(editor()).toBeNull();
    wire.connect();
    await due();
    expect(editor()?.textContent).toBe("Call me Ishmael.");
    expect(field.disabled).toBe(true);
    expect(said()).toBe("Saved");
    expect(document.querySelector(".studio__words")?.textContent?.trim()).toBe("3 words");
    expect(document.querySelector(".studio__people")?.getAttribute("aria-label")).toBe("Here: Pip");
  });

  it("says how things stand, aloud only what asks for attention", async () => {
    await open();
    wire.connect();
    await due();
    wire.isHeld = true;
    write("Oh. ");
    await due();
    expect(said()).toBe("Saving…");
    const aloud = document.querySelector(".studio [role=status]");
    expect(aloud?.textContent).toBe("");
    wire.cut();
    await due();
    expect(said()).toBe("Kept on this device");
    expect(aloud?.textContent).toBe("Kept on this device");
    wire.release();
    wire.connect();
    await due();
    expect(said()).toMatch(/^Saved \d/);
    expect(server.text()).toContain("Oh.");
  });

  it("says what others do with the versions, and leads to them who may write", async () => {
    const { studio } = await open();
    const toasts: string[] = [];
    const note = (event: Event) => toasts.push((event as CustomEvent<{ text: string }>).detail.text);
    document.addEventListener("lv-toast", note);
    const version = { name: "First", createdAt: 0, userId: 2, displayName: "Pip" };
    heard.get("draft:versionNamed draft:3")?.(version);
    heard.get("draft:versionRestored draft:3")?.({ ...version, displayName: null, userId: null });
    heard.get("draft:versionRestored draft:3")?.({ ...version, userId: 1 });
    heard.get("draft:versionRestored draft:3")?.({ ...version, name: "" });
    document.removeEventListener("lv-toast", note);
    expect(toasts.slice(0, 2)).toEqual(["Pip named this version “First”.", "Somebody restored the version “First”."]);
    expect(toasts[2]).toMatch(/^Pip restored the version of .*19(69|70)/);
    expect(toasts).toHaveLength(3);
    wire.connect();
    await due();
    expect(document.querySelector("a.studio__tool")).toBeNull();
    studio.setAttribute("versions", "/write/a/3/versions/");
    write("Oh.");
    await due();
    expect(document.querySelector("a.studio__tool")?.getAttribute("href")).toBe("/write/a/3/versions/");
    studio.remove();
    expect(heard.size).toBe(0);
  });

  it("tells the form nothing of what is typed in it", async () => {
    const { form } = await open();
    wire.connect();
    await due();
    const heard = vi.fn();
    form.addEventListener("input", heard);
    editor()?.dispatchEvent(new Event("input", { bubbles: true }));
    expect(heard).not.toHaveBeenCalled();
  });

  it("leaves the form what it is where the draft cannot be opened", async () => {
    const { field, studio } = await open();
    wire.trouble("open", refusal("NOT_FOUND"));
    wire.connect();
    await due();
    expect(field.readOnly).toBe(false);
    expect(field.disabled).toBe(false);
    expect(studio.querySelector(".studio")).toBeNull();
  });

  it("lets one begin in the field when nothing opens, and does not take away what was begun", async () => {
    const { field } = await open();
    await vi.advanceTimersByTimeAsync(7000);
    expect(field.readOnly).toBe(false);
    field.value = "Begun. Call me Ishmael.";
    wire.connect();
    await due();
    expect(editor()).toBeNull();
    expect(field.disabled).toBe(false);
  });

  it("does not unlock a field that the page has locked", async () => {
    const { field } = await open({ readonly: true });
    await vi.advanceTimersByTimeAsync(7000);
    expect(field.readOnly).toBe(true);
  });

  it.each(["comment", "read"] as const)("is locked in its place for who may only %s, and says so", async (role) => {
    await open();
    wire.role = role;
    wire.connect();
    await due();
    expect(said()).toBe("Read only");
    expect(editor()?.getAttribute("contenteditable")).toBe("false");
    expect(document.querySelector(".studio__tools select")).toBeNull();
  });

  it("has every button named, and finds words by keys alone", async () => {
    const { studio } = await open();
    wire.connect();
    await due();
    for (const button of studio.querySelectorAll("button")) {
      expect(button.getAttribute("aria-label") ?? button.textContent?.trim(), button.outerHTML).toBeTruthy();
    }
    const press = (key: string, on: Element, more: KeyboardEventInit = {}) =>
      on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
    press("f", editor() as Element, { ctrlKey: true });
    const field = studio.querySelector<HTMLInputElement>("[data-find]");
    expect(document.activeElement).toBe(field);
    if (field) field.value = "ishmael";
    field?.dispatchEvent(new Event("input", { bubbles: true }));
    await due();
    expect(studio.querySelector(".studio__count")?.textContent).toBe("1 of 1");
    press("Escape", field as Element);
    await due();
    expect(studio.querySelector("[data-find]")).toBeNull();
  });

  it("holds back what is released until the last words are saved", async () => {
    await open();
    wire.connect();
    await due();
    const release = document.createElement("form");
    release.innerHTML = '<button name="act" value="publish">Publish</button>';
    document.body.append(release);
    const sent = vi.fn((event: Event) => event.preventDefault());
    release.addEventListener("submit", sent);
    const send = vi.spyOn(release, "requestSubmit");
    wire.isHeld = true;
    write("Last words. ");
    await due();
    release.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    expect(sent).not.toHaveBeenCalled();
    wire.release();
    await due();
    expect(send).toHaveBeenCalledOnce();
    release.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    expect(sent).toHaveBeenCalled();
  });

  it("offers the text for copying when it is refused for good", async () => {
    await open();
    wire.connect();
    await due();
    wire.trouble("update", refusal("VALIDATION"));
    write("Bad. ");
    await due();
    expect(said()).toBe("Not saved");
    const [copy, over] = document.querySelectorAll<HTMLButtonElement>("[role=alert] button");
    expect(copy?.textContent).toBe("Copy the text");
    over?.click();
    await due();
    await due();
    expect(editor()?.textContent).toBe("Call me Ishmael.");
    expect(document.querySelector("[role=alert]")?.textContent).toContain("are kept on this device");
  });
});

describe("words that merging has lost or doubled", () => {
  const lost = {
    clashId: 1,
    kind: "swallowed",
    words: "now ",
    before: "Call me ",
    after: "",
    createdAt: 0,
    userId: 2,
    username: "pip",
    displayName: "Pip",
  };
  const notice = () => document.querySelector(".banner[role=status]");
  const button = (name: string) =>
    [...document.querySelectorAll<HTMLElement>(".banner button")].find((one) => one.textContent === name);

  async function openWith(clashes: object[], isOurs = true): Promise<void> {
    command.mockImplementation((type) => Promise.resolve(type === "draft:clashes" ? { clashes } : { isOurs }));
    await open();
    wire.connect();
    await due();
  }

  it("offers lost words back, and puts them where they stood", async () => {
    await openWith([lost]);
    expect(notice()?.textContent).toContain("Pip’s words went with a paragraph");
    button("Put back")?.click();
    await due();
    expect(command).toHaveBeenLastCalledWith("draft:settle", { chapterId: 3, clashId: 1 });
    expect(editor()?.textContent).toBe("Call me now Ishmael.");
    expect(notice()).toBeNull();
  });

  it("puts nothing back that somebody else has put back", async () => {
    await openWith([lost], false);
    button("Put back")?.click();
    await due();
    expect(editor()?.textContent).toBe("Call me Ishmael.");
    expect(notice()).toBeNull();
  });

  it("shows one at a time, and what stands twice", async () => {
    await openWith([{ ...lost, clashId: 2, kind: "doubled", words: "Ishmael." }, lost]);
    expect(notice()?.textContent).toContain("stands twice: Ishmael. (1 of 2)");
    button("Show")?.click();
    await due();
    expect(document.querySelectorAll(".found")).toHaveLength(1);
    expect(notice()).toBeNull();
    document.querySelector<HTMLElement>(".studio__panel [aria-label^=Close]")?.click();
    await due();
    button("Settle")?.click();
    await due();
    expect(notice()?.textContent).toContain("Pip’s words");
  });

  it("hears of new ones", async () => {
    await openWith([]);
    expect(notice()).toBeNull();
    command.mockResolvedValue({ clashes: [lost] });
    heard.get("draft:clash draft:3")?.({});
    await due();
    expect(notice()).not.toBeNull();
  });
});
