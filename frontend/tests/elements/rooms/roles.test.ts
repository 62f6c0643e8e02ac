import { describe, expect, it } from "vitest";
import { byPresence, mayActOn } from "../../../src/elements/rooms/roles";
import type { MemberContent } from "../../../src/realtime/contracts.gen";

describe("the members of a group", () => {
  const member = (userId: number, displayName: string, role = "member") =>
    ({ userId, displayName, role }) as MemberContent;

  it("stand by whether they are there, then by what they may, then by name", () => {
    const members = [member(1, "Zoe"), member(2, "Ada"), member(3, "Ines", "owner"), member(4, "Ben")];
    const present = [1, 2, 3].map((userId) => ({ userId, username: "", displayName: "", away: false }));
    const { here, away } = byPresence(members, present);
    expect(here.map(({ displayName }) => displayName)).toEqual(["Ines", "Ada", "Zoe"]);
    expect(away.map(({ displayName }) => displayName)).toEqual(["Ben"]);
  });

  it("act on those below them alone", () => {
    expect(mayActOn("owner", "moderator")).toBe(true);
    expect(mayActOn("moderator", "moderator")).toBe(false);
    expect(mayActOn("member", "member")).toBe(false);
  });
});
