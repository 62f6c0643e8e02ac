import { expect, it } from "vitest";
import { nameBefore, parts, sizeOf } from "../../../src/elements/rooms/words";

it("finds addresses and names, and leaves the sentence around them alone", () => {
  expect(parts("See https://a.example/x). Or ask @tom, (@ines) and me@b.example.")).toEqual([
    { kind: "text", text: "See " },
    { kind: "link", text: "https://a.example/x" },
    { kind: "text", text: "). Or ask " },
    { kind: "name", text: "@tom" },
    { kind: "text", text: ", (" },
    { kind: "name", text: "@ines" },
    { kind: "text", text: ") and me@b.example." },
  ]);
});

it("knows whom one is about to name", () => {
  expect(nameBefore("Ask @in", 7)).toBe("in");
  expect(nameBefore("Ask @", 5)).toBe("");
  expect(nameBefore("me@in", 5)).toBeNull();
  expect(nameBefore("@tom said", 9)).toBeNull();
});

it("says sizes as people do", () => {
  expect([10, 20_480, 5 * 1024 * 1024].map(sizeOf)).toEqual(["10 B", "20 kB", "5.0 MB"]);
});
