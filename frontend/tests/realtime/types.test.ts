import { expectTypeOf, it } from "vitest";
import { Client } from "../../src/realtime/client";
import type { CommandMap, CommentContent, ErrorCode, EventMap, RoomName } from "../../src/realtime/contracts.gen";
import { FakeServer, storage } from "./fake-server";

// What `npm run typecheck` holds: a `@ts-expect-error` whose line compiles is an error itself.
const client = new Client({ open: new FakeServer().open, userId: 1, storage: storage() });

it("commands take their payload and answer with their reply", () => {
  expectTypeOf<CommandMap["comment:post"]["reply"]>().toEqualTypeOf<CommentContent>();
  expectTypeOf(() => client.command("comment:post", { chapterId: 3, text: "Ahoy" })).returns.toEqualTypeOf<
    Promise<CommentContent>
  >();
  const wrong = () => [
    // @ts-expect-error: there is no such command
    client.command("comment:shout", { chapterId: 3 }),
    // @ts-expect-error: the text is missing
    client.command("comment:post", { chapterId: 3 }),
    // @ts-expect-error: ids are numbers
    client.command("comment:post", { chapterId: "3", text: "Ahoy" }),
    // @ts-expect-error: no such field
    client.outbox.add("comment:post", { chapterId: 3, text: "Ahoy", shout: true }),
  ];
  expectTypeOf(wrong).toBeFunction();
});

it("events bring their payload", () => {
  client.on("comment:new", (comment, meta) => {
    expectTypeOf(comment).toEqualTypeOf<EventMap["comment:new"]>();
    expectTypeOf(comment.text).toBeString();
    expectTypeOf(meta.seq).toEqualTypeOf<number | undefined>();
  });
  // @ts-expect-error: there is no such event
  client.on("comment:shouted", () => undefined);
});

it("rooms have names of their kinds", () => {
  expectTypeOf<`chapter:${number}`>().toExtend<RoomName>();
  expectTypeOf(() => client.join("book:1")).returns.toEqualTypeOf<() => void>();
  const wrong = () => [
    // @ts-expect-error: ids are whole numbers
    client.join("chapter:three"),
    // @ts-expect-error: no such kind
    client.watch("hall:1"),
  ];
  expectTypeOf(wrong).toBeFunction();
  expectTypeOf<"RATE_LIMITED">().toExtend<ErrorCode>();
});
