import { beforeEach, describe, expect, it } from "vitest";
import { read, type Shown, Talk, unsentOf } from "../../../src/elements/reading/comment-model";
import type { Unsent } from "../../../src/realtime/outbox";

const ME = 1;

function content(id: number, parent: Shown | null = null, more: Partial<{ text: string; authorId: number }> = {}) {
  return {
    id,
    chapterId: 3,
    text: `Comment ${id}`,
    author: "pip",
    authorId: 7,
    authorName: "Pip",
    createdAt: 1000,
    parentId: parent?.id ?? null,
    paragraph: null,
    depth: parent ? parent.depth + 1 : 0,
    path: `${parent?.path ?? ""}${String(id).padStart(12, "0")}`,
    ...more,
  };
}

function entry(text: string, parentId: number | null = null): Unsent {
  return {
    requestId: "r",
    type: "comment:post",
    payload: { chapterId: 3, text, parentId },
    userId: ME,
    createdAt: 1000,
    state: "sending",
  };
}

let talk: Talk;

beforeEach(() => {
  talk = new Talk();
});

describe("the talk of a chapter", () => {
  it("is in the order of its threads, whatever the order of arrival", () => {
    talk.take(content(1));
    talk.take(content(2));
    talk.take(content(5, talk.get(1)));
    talk.take(content(4, talk.get(2)));
    expect(talk.all.map(({ id }) => id)).toEqual([1, 5, 2, 4]);
  });

  it("takes a comment once, and an edit as the same one", () => {
    expect(talk.take(content(1))).toBe(true);
    expect(talk.take(content(1, null, { text: "Changed" }), 2000)).toBe(false);
    expect(talk.all).toMatchObject([{ text: "Changed", editedAt: 2000 }]);
  });

  it("keeps the place of a comment that is deleted, without its words", () => {
    talk.take(content(1));
    talk.remove(1);
    expect(talk.all).toMatchObject([{ gone: true, text: "" }]);
    expect(talk.count).toBe(0);
  });

  it("holds replies back until they are asked for", () => {
    talk.take(content(1));
    talk.take(content(2, talk.get(1)));
    talk.hold(2);
    expect(talk.all.map(({ id }) => id)).toEqual([1]);
    expect(talk.heldBelow(1)).toBe(1);
    talk.release(1);
    expect(talk.all.map(({ id }) => id)).toEqual([1, 2]);
  });

  it("only counts what belongs on another page of a long one", () => {
    talk.take(content(5));
    talk.take(content(6));
    talk.partOf(200, { earlier: true, later: true });
    expect(talk.countElsewhere(content(9).path)).toBe(true);
    expect(talk.countElsewhere(content(2).path)).toBe(true);
    expect(talk.countElsewhere(content(7, talk.get(5)).path)).toBe(false);
    expect(talk).toMatchObject({ count: 202, elsewhere: 2 });
  });

  it("is whole on its only page", () => {
    talk.take(content(5));
    talk.partOf(1, { earlier: false, later: false });
    expect(talk.countElsewhere(content(9).path)).toBe(false);
    expect(talk.count).toBe(1);
  });

  it("counts one's own reaction at once, and only once", () => {
    talk.take(content(1));
    talk.react(1, { like: 2 });
    talk.mark(1, "like", true);
    talk.mark(1, "like", true);
    expect(talk.get(1)?.reactions).toEqual({ like: 3 });
    talk.mark(1, "like", false);
    expect(talk.get(1)?.reactions).toEqual({ like: 2 });
  });

  it("drops a reaction that nobody has any more", () => {
    talk.take(content(1));
    talk.mark(1, "love", true);
    talk.mark(1, "love", false);
    expect(talk.get(1)?.reactions).toEqual({});
  });
});

describe("what is not sent yet", () => {
  it("is shown until it comes back", () => {
    expect(unsentOf([entry("Hello")], 3, talk, ME)).toHaveLength(1);
    talk.take(content(9, null, { text: "Hello", authorId: ME }));
    expect(unsentOf([entry("Hello")], 3, talk, ME)).toHaveLength(0);
  });

  it("is not taken for what somebody else said, or what was said elsewhere", () => {
    talk.take(content(9, null, { text: "Hello" }));
    expect(unsentOf([entry("Hello"), entry("Hello", 9)], 3, talk, ME)).toHaveLength(2);
    expect(unsentOf([entry("Hello")], 4, talk, ME)).toHaveLength(0);
  });
});

it("reads a comment from the server's markup", () => {
  document.body.innerHTML = `<li data-comment="12" data-parent="3" data-author="7" data-username="pip" data-name="Pip"
    data-avatar="" data-created="1000" data-edited="" data-path="000000000003000000000012" data-depth="1" data-paragraph="">
    <div class="comment__text">Hello &amp; good night</div>
    <ul><li data-kind="like" data-count="2" data-mine></li><li data-kind="sad" data-count="1"></li></ul></li>`;
  const item = document.querySelector<HTMLElement>("[data-comment]");
  expect(item && read(item)).toMatchObject({
    id: 12,
    parentId: 3,
    depth: 1,
    text: "Hello & good night",
    editedAt: null,
    paragraph: null,
    gone: false,
    reactions: { like: 2, sad: 1 },
    mine: new Set(["like"]),
  });
});
