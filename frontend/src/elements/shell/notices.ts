import type { IconName } from "../../icon-names";

const KINDS: Record<string, [icon: IconName, label: string]> = {
  CHAPTER_PUBLISHED: ["book-open-text", ""],
  COMMENT_ON_BOOK: ["message-circle", "Comment"],
  REVIEW_ON_BOOK: ["star", "Review"],
  BOOK_INVITATION: ["users", "Invitation"],
  NEW_FOLLOWER: ["user-plus", ""],
  GROUP_MENTION: ["at-sign", "Room"],
  GROUP_REPLY: ["reply", "Room"],
  GROUP_INVITATION: ["messages-square", "Invitation"],
};

/** The icon of a kind of notification. */
export function noticeIcon(type: string): IconName {
  return KINDS[type]?.[0] ?? "bell";
}

/** What a kind of notification is called; "" when its message says it all. */
export function noticeLabel(type: string): string {
  return KINDS[type]?.[1] ?? "";
}
