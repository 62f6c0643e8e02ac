import { Extension, InputRule } from "@tiptap/core";

/** How a language writes what a typewriter has not: opening and closing quotes, the inner ones, the dash. */
export interface Typography {
  double: readonly [string, string];
  single: readonly [string, string];
  dash: string;
}

const ENGLISH: Typography = { double: ["“", "”"], single: ["‘", "’"], dash: "—" };
const LOW_HIGH: Typography = { double: ["„", "“"], single: ["‚", "‘"], dash: "–" };
const LOW_CLOSING: Typography = { double: ["„", "”"], single: ["‚", "’"], dash: "–" };
const CLOSING: Typography = { double: ["”", "”"], single: ["’", "’"], dash: "–" };
const ANGLES: Typography = { double: ["«", "»"], single: ["“", "”"], dash: "—" };

const LANGUAGES: Record<string, Typography> = {
  bg: { ...LOW_HIGH, dash: "—" },
  ca: ANGLES,
  cs: LOW_HIGH,
  da: { double: ["»", "«"], single: ["›", "‹"], dash: "–" },
  de: LOW_HIGH,
  "de-ch": { double: ["«", "»"], single: ["‹", "›"], dash: "–" },
  el: ANGLES,
  es: ANGLES,
  fi: CLOSING,
  fr: { double: ["«\u00a0", "\u00a0»"], single: ["“", "”"], dash: "—" },
  hu: LOW_CLOSING,
  it: ANGLES,
  ja: { double: ["「", "」"], single: ["『", "』"], dash: "――" },
  nb: { double: ["«", "»"], single: ["‘", "’"], dash: "–" },
  nl: { double: ["‘", "’"], single: ["“", "”"], dash: "–" },
  nn: { double: ["«", "»"], single: ["‘", "’"], dash: "–" },
  no: { double: ["«", "»"], single: ["‘", "’"], dash: "–" },
  pl: { ...LOW_CLOSING, dash: "—" },
  pt: { double: ["“", "”"], single: ["‘", "’"], dash: "—" },
  "pt-pt": ANGLES,
  ro: { double: ["„", "”"], single: ["«", "»"], dash: "—" },
  ru: { double: ["«", "»"], single: ["„", "“"], dash: "—" },
  sk: LOW_HIGH,
  sv: CLOSING,
  uk: { double: ["«", "»"], single: ["„", "“"], dash: "—" },
  zh: { double: ["“", "”"], single: ["‘", "’"], dash: "——" },
  "zh-tw": { double: ["「", "」"], single: ["『", "』"], dash: "——" },
};

/** Returns what a language tag such as `de-CH` asks for; English where the table knows nothing else. */
export function typographyOf(language: string): Typography {
  const tag = language.toLowerCase();
  return LANGUAGES[tag] ?? LANGUAGES[tag.split("-")[0] ?? ""] ?? ENGLISH;
}

const BEFORE_OPENING = /(?:^|[\s([{/\u2013\u2014\u2015])$/u;

/** Quotes open behind nothing, spaces, brackets, dashes, and behind other quotes that opened. */
function opens(before: string, { double, single }: Typography): boolean {
  if (BEFORE_OPENING.test(before)) return true;
  return [double, single].some(([open, close]) => open !== close && before.endsWith(open));
}

/** Where it may also be left out, as in 'twas and ’90s, only the writer knows; between letters nothing else is meant. */
const APOSTROPHE = "’";

/** Returns what stands instead of `typed` behind `before`, and how much of `before` it takes in; null for itself. */
export function typeset(before: string, typed: string, marks: Typography): { text: string; takes: number } | null {
  if (typed === '"') return { text: marks.double[opens(before, marks) ? 0 : 1], takes: 0 };
  if (typed === "'") {
    if (/[\p{L}\p{N}]$/u.test(before)) {
      const opened = before.lastIndexOf(marks.single[0]) > before.lastIndexOf(marks.single[1]);
      // Inside inner quotes it closes them; which it was, a letter that follows would say, and it is the same mark
      // in most languages.
      return { text: opened && marks.single[1] !== APOSTROPHE ? marks.single[1] : APOSTROPHE, takes: 0 };
    }
    return { text: marks.single[opens(before, marks) ? 0 : 1], takes: 0 };
  }
  if (typed === "-" && before.endsWith("-") && !before.endsWith("--")) return { text: marks.dash, takes: 1 };
  if (typed === "-" && before.endsWith("–")) return { text: "—", takes: 1 };
  if (typed === "." && before.endsWith("..") && !before.endsWith("...")) return { text: "…", takes: 2 };
  return null;
}

/** Quotes, dashes and ellipses while one types; Backspace right after gives back what was typed. */
export const Typographer = Extension.create<{ language: string; isOn: () => boolean }>({
  name: "typographer",
  addOptions: () => ({ language: "en", isOn: () => true }),

  addInputRules() {
    const marks = typographyOf(this.options.language);
    return [
      new InputRule({
        find: (text) => {
          const typed = text.at(-1) ?? "";
          const before = text.slice(0, -1);
          const set = this.options.isOn() ? typeset(before, typed, marks) : null;
          if (!set) return null;
          const taken = text.slice(text.length - 1 - set.takes);
          return { index: text.length - taken.length, text: taken, data: { text: set.text } };
        },
        handler: ({ state, range, match }) => {
          state.tr.insertText(String(match.data?.text ?? ""), range.from, range.to);
        },
      }),
    ];
  },
});
