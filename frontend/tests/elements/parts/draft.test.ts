import { expect, it } from "vitest";
import { Draft } from "../../../src/elements/parts/draft";

function device() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

it("keeps what is being written over a reload, for its own chapter", () => {
  const storage = device();
  new Draft("chapter.3", storage).keep({ text: "It sang." }, 7);
  expect(new Draft("chapter.3", storage).read()).toMatchObject({ values: { text: "It sang." }, version: 7 });
  expect(new Draft("chapter.4", storage).read()).toBeNull();
});

it("forgets it when the server has it", () => {
  const storage = device();
  const draft = new Draft("chapter.3", storage);
  draft.keep({ text: "It sang." }, 7);
  draft.forget();
  expect(draft.read()).toBeNull();
});

it("writes on when the device keeps nothing", () => {
  const refusing = {
    ...device(),
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  expect(() => new Draft("chapter.3", refusing).keep({ text: "It sang." }, 7)).not.toThrow();
});
