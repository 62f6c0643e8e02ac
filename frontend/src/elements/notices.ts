import type { IconName } from "../icon-names";

const ICONS: [part: string, icon: IconName][] = [
  ["CHAPTER", "book-open-text"],
  ["COMMENT", "message-circle"],
  ["REPLY", "message-circle-reply"],
  ["FOLLOW", "user-plus"],
  ["REVIEW", "star"],
  ["INVITATION", "users"],
  ["CREDIT", "feather"],
];

/** The icon of a kind of notification. */
export function noticeIcon(type: string): IconName {
  return ICONS.find(([part]) => type.toUpperCase().includes(part))?.[1] ?? "bell";
}
