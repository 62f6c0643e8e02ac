import { nothing, render } from "lit";
import { afterEach, describe, expect, it } from "vitest";
import type { Shown } from "../../../src/elements/reading/comment-model";
import { type Acts, commentView } from "../../../src/elements/reading/comment-view";

const ACTS = { mayWrite: false, mayEdit: false, userId: null } as Acts;

function shown(paragraph: string | null): HTMLElement {
  const comment = {
    id: 12,
    author: "pip",
    authorId: 7,
    authorName: "Pip",
    avatar: "",
    text: "Ahoy!",
    createdAt: 1000,
    editedAt: null,
    paragraph,
    depth: 0,
    gone: false,
    reactions: {},
    mine: new Set<string>(),
  } as unknown as Shown;
  const local = { choosing: false, heldBelow: 0, away: false, form: nothing, editing: false } as const;
  const place = document.createElement("div");
  document.body.append(place);
  render(commentView(comment, local, ACTS), place);
  return place;
}

describe("where a comment says that it is about", () => {
  afterEach(() => document.body.replaceChildren());

  it("is the paragraph, while that is in the text", () => {
    document.body.innerHTML = `<p id="p-0123456789ab" data-paragraph="0123456789ab">Call me Ishmael.</p>`;
    const link = shown("0123456789ab").querySelector(".comment__where");
    expect(link?.getAttribute("href")).toBe("#p-0123456789ab");
  });

  it("is nothing where the paragraph is gone, or none was meant", () => {
    expect(shown("0123456789ab").querySelector(".comment__where")).toBeNull();
    expect(shown(null).querySelector(".comment__where")).toBeNull();
  });
});
