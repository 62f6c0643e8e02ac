import type { ErrorCode } from "./contracts.gen";

/** The one error shape, as every refusal comes; `retryAfter` in milliseconds. */
export interface ErrorShape {
  code: ErrorCode | LocalCode | (string & {});
  message: string;
  retryable: boolean;
  retryAfter?: number;
  details?: Record<string, unknown>;
}

/** What the client itself says when there was no answer. */
export type LocalCode = "DISCONNECTED" | "INTERRUPTED" | "TIMEOUT" | "SIGNED_OUT";

/** What a program does about an error; see `actionFor`. */
export type Category = "connection" | "token" | "forbidden" | "invalid" | "server" | "rate";

const CATEGORY: Record<string, Category> = {
  DISCONNECTED: "connection",
  INTERRUPTED: "connection",
  TIMEOUT: "connection",
  TOKEN_EXPIRED: "token",
  UNAUTHENTICATED: "forbidden",
  FORBIDDEN: "forbidden",
  SIGNED_OUT: "forbidden",
  NOT_MEMBER: "forbidden",
  BANNED: "forbidden",
  NOT_INVITED: "forbidden",
  COMMENTS_LOCKED: "forbidden",
  RATE_LIMITED: "rate",
  UNAVAILABLE: "server",
  INTERNAL: "server",
};

/** A command that was refused, or had no answer. */
export class CommandError extends Error implements ErrorShape {
  readonly code: ErrorShape["code"];
  readonly retryable: boolean;
  readonly retryAfter?: number;
  readonly details?: Record<string, unknown>;

  constructor(shape: ErrorShape) {
    super(shape.message);
    this.name = "CommandError";
    this.code = shape.code;
    this.retryable = shape.retryable;
    if (shape.retryAfter !== undefined) this.retryAfter = shape.retryAfter;
    if (shape.details !== undefined) this.details = shape.details;
  }

  get category(): Category {
    return CATEGORY[this.code] ?? (this.retryable ? "server" : "invalid");
  }
}

/** What happens next with a command that failed. */
export type Action = { do: "reconnect" } | { do: "refresh" } | { do: "show" } | { do: "retry"; after: number };

const SERVER_RETRY_MS = 500;
const RATE_WAIT_MS = 1000;
const RATE_TRIES = 5;

/**
 * Returns what to do after the `failures`-th failure in a row (from 1): lost connections come back by themselves,
 * expired sign-ins are renewed once, a server's error is tried again once, too fast waits as the server says; all else is shown.
 */
export function actionFor(error: CommandError, failures: number): Action {
  switch (error.category) {
    case "connection":
      return { do: "reconnect" };
    case "token":
      return failures === 1 ? { do: "refresh" } : { do: "show" };
    case "server":
      return failures === 1 ? { do: "retry", after: error.retryAfter ?? SERVER_RETRY_MS } : { do: "show" };
    case "rate":
      return failures < RATE_TRIES ? { do: "retry", after: error.retryAfter ?? RATE_WAIT_MS } : { do: "show" };
    default:
      return { do: "show" };
  }
}

export function disconnected(): CommandError {
  return new CommandError({ code: "DISCONNECTED", message: "The connection is lost.", retryable: true });
}

/** The connection ended under it, and nobody said why: it may have been this command that ended it. */
export function interrupted(): CommandError {
  return new CommandError({ code: "INTERRUPTED", message: "The connection ended before the answer.", retryable: true });
}

export function timedOut(): CommandError {
  return new CommandError({ code: "TIMEOUT", message: "There was no answer in time.", retryable: true });
}

export function signedOut(): CommandError {
  return new CommandError({ code: "SIGNED_OUT", message: "You are not connected any more.", retryable: false });
}
