// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");

type Theme = Record<string, [number, number, number]>;

/** The declarations of one block of the tokens, by name. */
function block(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const body = css.slice(start, css.indexOf("\n}", start));
  return Object.fromEntries([...body.matchAll(/--([\w-]+): ([^;]+);/g)].map((found) => [found[1], found[2]]));
}

function colours(declared: Record<string, string>, dark: boolean): Theme {
  const theme: Theme = {};
  for (const [name, value] of Object.entries(declared)) {
    const found = [...value.matchAll(/oklch\(([\d.]+) ([\d.]+) ([\d.]+)/g)];
    const chosen = found[dark && found.length > 1 ? 1 : 0];
    if (chosen) theme[name] = [Number(chosen[1]), Number(chosen[2]), Number(chosen[3])];
  }
  return theme;
}

const root = block(":root");
const THEMES: Record<string, Theme> = {
  paper: colours(root, false),
  night: colours(root, true),
  sepia: { ...colours(root, false), ...colours(block(':root[data-theme="sepia"]'), false) },
  black: { ...colours(root, true), ...colours(block(':root[data-theme="black"]'), true) },
};

/** Relative luminance of an OKLCH colour, clipped to sRGB. Source: CSS Color 4 section 9, WCAG 2.2 "relative luminance". */
function luminance([lightness, chroma, hue]: [number, number, number]): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(theme: Theme, one: string, other: string): number {
  const [first, second] = [theme[one], theme[other]];
  if (!first || !second) throw new Error(`No token ${first ? other : one}.`);
  const [low = 0, high = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["paper", "paper-raised", "paper-sunken", "rubric-wash"];
const WORDS = ["ink", "ink-soft", "rubric", "rubric-deep", "live-ink", "wrong"];
const TEXT: [string, string][] = [
  ...GROUNDS.flatMap((ground) => WORDS.map((word): [string, string] => [word, ground])),
  ["on-rubric", "rubric"],
  ["on-rubric", "rubric-deep"],
  ["on-waiting", "waiting"],
  ["on-calm", "calm"],
  ...Array.from({ length: 8 }, (_, hue): [string, string] => ["on-hue", `hue-${hue}`]),
  ...Array.from({ length: 12 }, (_, cover): [string, string] => ["on-cover", `cover-${cover}`]),
];
const EDGES: [string, string][] = ["paper", "paper-raised", "paper-sunken"].flatMap((ground): [string, string][] => [
  ["edge", ground],
  ["focus", ground],
  ["live", ground],
  ["rubric", ground],
  ["wrong", ground],
]);

describe.each(Object.entries(THEMES))("on %s", (_name, theme) => {
  it.each(TEXT)("the text %s on %s can be read", (word, ground) => {
    expect(contrast(theme, word, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(EDGES)("the edge %s on %s can be seen", (edge, ground) => {
    expect(contrast(theme, edge, ground)).toBeGreaterThanOrEqual(3);
  });
});

it("covers have twelve inks, as many as the template gives out", () => {
  expect(Object.keys(root).filter((name) => name.startsWith("cover-"))).toHaveLength(12);
});

it("gives the page of what broke, which stands by itself, the same colours", () => {
  const failure = readFileSync(new URL("../public/failure.css", import.meta.url), "utf8");
  const own = [...failure.matchAll(/--([\w-]+): ([^;]+);/g)].map((found) => [found[1], found[2]]);
  expect(own.length).toBeGreaterThan(0);
  expect(block(":root")).toMatchObject(Object.fromEntries(own));
});
