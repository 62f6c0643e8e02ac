import { describe, expect, it } from "vitest";
import { ago, remaining } from "../../../src/elements/parts/times";

const MINUTE = 60_000;
const DAY = 86_400_000;

describe("how long ago", () => {
  it.each([
    [0, "just now"],
    [-5000, "just now"],
    [59_000, "just now"],
    [MINUTE, "1 minute ago"],
    [3 * MINUTE, "3 minutes ago"],
    [61 * MINUTE, "1 hour ago"],
    [DAY, "1 day ago"],
    [15 * DAY, "2 weeks ago"],
    [400 * DAY, "1 year ago"],
  ])("%i ms: %s", (passed, spoken) => {
    expect(ago(1e12, 1e12 + passed)).toBe(spoken);
  });
});

describe("how long until", () => {
  it.each([
    [134_000, "02:14"],
    [133_001, "02:14"],
    [-1, "00:00"],
    [3_600_000 + 134_000, "1:02:14"],
    [2 * DAY + 4 * 3_600_000, "2 d 4 h"],
  ])("%i ms: %s", (left, spoken) => {
    expect(remaining(left)).toBe(spoken);
  });
});
