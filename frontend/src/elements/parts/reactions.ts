import type { IconName } from "../../icon-names";

export const REACTIONS = ["like", "love", "laugh", "wow", "sad"] as const;

export const REACTION_ICON: Record<string, IconName> = {
  like: "thumbs-up",
  love: "heart",
  laugh: "laugh",
  wow: "sparkles",
  sad: "frown",
};
