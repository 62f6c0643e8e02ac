const STEPS: [seconds: number, name: string][] = [
  [31_557_600, "year"],
  [2_629_800, "month"],
  [604_800, "week"],
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
];
const EVERY_MS = 30_000;

/** Says how long ago a moment (Unix ms) was: "just now", "3 minutes ago". */
export function ago(moment: number, now = Date.now()): string {
  const seconds = Math.max(0, (now - moment) / 1000);
  for (const [length, name] of STEPS) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"} ago`;
  }
  return "just now";
}

/** Says a moment (Unix ms) exactly, in the reader's own way. */
export function exactly(moment: number): string {
  return new Date(moment).toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
}

/** Says how long until something: "2 d 4 h", "02:14". */
export function remaining(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600)];
  if (days > 0) return `${days} d ${hours} h`;
  const two = (value: number) => String(value).padStart(2, "0");
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** Keeps every `<time data-relative>` of the page current. */
export function keepTimes(): void {
  const refresh = () => {
    for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
      const spoken = ago(Date.parse(time.dateTime));
      if (time.textContent !== spoken) time.textContent = spoken;
    }
  };
  setInterval(() => document.visibilityState === "visible" && refresh(), EVERY_MS);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
}
