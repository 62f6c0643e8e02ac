import { describe, expect, it } from "vitest";
import { type Entry, matching } from "../../../src/elements/shell/palette-model";

const entries = ["Home", "10. A Bosom Friend", "1. Père Ishmael", "Your home library"].map(
  (label): Entry => ({ kind: "page", label, hint: "", url: "/" }),
);
const found = (query: string) => matching(entries, query).map(({ label }) => label);

describe("what the palette finds", () => {
  it("is everything before a letter was typed", () => {
    expect(found(" ")).toHaveLength(4);
  });

  it("has all the words, in any order, whatever their case and accents", () => {
    expect(found("frie BOSOM")).toEqual(["10. A Bosom Friend"]);
    expect(found("pere")).toEqual(["1. Père Ishmael"]);
    expect(found("white whale")).toEqual([]);
    expect(found("end")).toEqual([]);
  });

  it("is found anywhere where a script sets no spaces", () => {
    const shelf: Entry[] = [{ kind: "book", label: "雨の図書館", hint: "", url: "/" }];
    expect(matching(shelf, "図書")).toEqual(shelf);
  });

  it("has first what begins like that", () => {
    expect(found("home")).toEqual(["Home", "Your home library"]);
    expect(found("1")).toEqual(["10. A Bosom Friend", "1. Père Ishmael"]);
  });
});
