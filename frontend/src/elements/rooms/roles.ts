import type { MemberContent } from "../../realtime/contracts.gen";
import type { Person } from "../../realtime/presence";

const RANK: Record<string, number> = { member: 0, moderator: 1, owner: 2 };

/** Says whether somebody of one role may do something about somebody of another. */
export function mayActOn(role: string, other: string): boolean {
  return (RANK[role] ?? 0) > (RANK[other] ?? 0);
}

/** Parts a group's members into those who are there and the others: who has more to say first, then by name. */
export function byPresence(members: readonly MemberContent[], present: readonly Person[]) {
  const ids = new Set(present.map(({ userId }) => userId));
  const sorted = [...members].sort(
    (a, b) => (RANK[b.role] ?? 0) - (RANK[a.role] ?? 0) || a.displayName.localeCompare(b.displayName),
  );
  return {
    here: sorted.filter(({ userId }) => ids.has(userId)),
    away: sorted.filter(({ userId }) => !ids.has(userId)),
  };
}
