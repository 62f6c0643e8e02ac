import { describe, expect, it } from "vitest";
import { actionFor, CommandError } from "../../src/realtime/errors";

function error(code: string, more: { retryable?: boolean; retryAfter?: number } = {}): CommandError {
  return new CommandError({ code, message: code, retryable: false, ...more });
}

describe("what is done about an error", () => {
  it.each([
    ["a lost connection comes back with backoff", error("DISCONNECTED"), 1, { do: "reconnect" }],
    ["no answer in time counts as a lost connection", error("TIMEOUT"), 1, { do: "reconnect" }],
    ["an expired token is refreshed", error("TOKEN_EXPIRED"), 1, { do: "refresh" }],
    ["a token that stays expired is shown", error("TOKEN_EXPIRED"), 2, { do: "show" }],
    ["what is not allowed is shown and never retried", error("FORBIDDEN", { retryable: true }), 1, { do: "show" }],
    ["nobody signed in is shown", error("UNAUTHENTICATED"), 1, { do: "show" }],
    ["invalid input is shown", error("VALIDATION"), 1, { do: "show" }],
    ["an unknown code that cannot be retried is shown", error("NEVER_HEARD_OF"), 1, { do: "show" }],
    ["a server error is retried once", error("INTERNAL", { retryable: true }), 1, { do: "retry", after: 500 }],
    ["a server error says when", error("UNAVAILABLE", { retryAfter: 1200 }), 1, { do: "retry", after: 1200 }],
    ["a second server error is shown", error("INTERNAL", { retryable: true }), 2, { do: "show" }],
    ["too fast waits as the server says", error("RATE_LIMITED", { retryAfter: 700 }), 1, { do: "retry", after: 700 }],
    ["too fast waits again", error("RATE_LIMITED", { retryAfter: 700 }), 4, { do: "retry", after: 700 }],
    ["too fast for ever is shown", error("RATE_LIMITED"), 5, { do: "show" }],
    [
      "an unknown code that can be retried is a server error",
      error("NEW", { retryable: true }),
      1,
      { do: "retry", after: 500 },
    ],
  ])("%s", (_name, refused, failures, action) => {
    expect(actionFor(refused, failures)).toEqual(action);
  });
});
