import { CommandError, type ErrorShape } from "./realtime/errors";
import { page } from "./realtime/page";

/** Sends JSON to the API and resolves with its answer; rejects with CommandError, as commands do. */
export async function sendJson<T>(method: "GET" | "PATCH" | "POST", url: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": page.csrf },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new CommandError({ code: "DISCONNECTED", message: "There is no connection.", retryable: true });
  }
  const data: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new CommandError(shapeOf(data, answer.status));
  return data as T;
}

function shapeOf(data: unknown, status: number): ErrorShape {
  const found = (data as { error?: ErrorShape } | null)?.error ?? (data as ErrorShape | null);
  if (found?.code) return found;
  const server = status >= 500;
  return {
    code: server ? "INTERNAL" : "VALIDATION",
    message: "That did not work. Please try again.",
    retryable: server,
  };
}
