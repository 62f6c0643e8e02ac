import { afterEach, expect, it } from "vitest";
import { choose, chosen, reset } from "../../../src/elements/reading/appearance";

afterEach(reset);

it("holds a choice at once and keeps it for the server", () => {
  choose("theme", "night");
  choose("size", "22");
  expect(document.documentElement.dataset).toMatchObject({ theme: "night", size: "22" });
  expect(document.cookie).toContain("appearance=theme=night&size=22");
});

it("leaves what is as usual to the styles", () => {
  choose("font", "sans");
  choose("font", "literata");
  expect(document.documentElement.hasAttribute("data-font")).toBe(false);
  expect(chosen("font")).toBe("literata");
});

it("goes back to how it was at first", () => {
  choose("theme", "black");
  reset();
  expect(chosen("theme")).toBe("");
});
