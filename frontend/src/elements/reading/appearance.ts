/** What a reader may choose; each is an attribute on the root element that the styles follow. */
export const CHOICES = {
  theme: ["paper", "sepia", "night", "black"],
  font: ["literata", "sans", "system"],
  size: ["17", "18", "19", "20", "21", "22", "24"],
  measure: ["narrow", "medium", "wide"],
  leading: ["tight", "normal", "loose"],
  paragraphs: ["indented", "spaced"],
} as const;

export type Choice = keyof typeof CHOICES;

export const DEFAULTS: Record<Choice, string> = {
  theme: "",
  font: "literata",
  size: "19",
  measure: "medium",
  leading: "normal",
  paragraphs: "indented",
};

const COOKIE = "appearance";
const YEAR_S = 31_536_000;

export function chosen(choice: Choice): string {
  return document.documentElement.dataset[choice] ?? DEFAULTS[choice];
}

/** Applies a choice at once and keeps it in the cookie from which the server renders the next page. */
export function choose(choice: Choice, value: string): void {
  const root = document.documentElement;
  if (value === DEFAULTS[choice]) delete root.dataset[choice];
  else root.dataset[choice] = value;
  keep();
}

export function reset(): void {
  for (const choice of Object.keys(CHOICES)) delete document.documentElement.dataset[choice];
  keep();
}

function keep(): void {
  const kept = new URLSearchParams();
  for (const choice of Object.keys(CHOICES)) {
    const value = document.documentElement.dataset[choice];
    if (value) kept.set(choice, value);
  }
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it to render the next page without a flash
  document.cookie = `${COOKIE}=${kept}; path=/; max-age=${YEAR_S}; samesite=lax${secure}`;
}
