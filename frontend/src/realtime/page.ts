import { Client } from "./client";
import { socketioTransport } from "./socketio-transport";
import type { Position } from "./transport";

/** What the server says about the page; the template tag `page_context` writes it. */
export interface PageContext {
  user: { id: number; username: string; name: string; staff: boolean } | null;
  socket: string;
  /** What this page speaks to there. */
  namespace: string;
  csrf: string;
  positions: Record<string, Position>;
}

export const page: PageContext = read();

/** The one client of this page. */
export const live = new Client({
  open: socketioTransport(page.socket, page.namespace),
  userId: page.user?.id ?? null,
  positions: page.positions,
});

function read(): PageContext {
  const element = document.getElementById("page-context");
  const nothing: PageContext = { user: null, socket: "", namespace: "/", csrf: "", positions: {} };
  return element?.textContent ? { ...nothing, ...(JSON.parse(element.textContent) as PageContext) } : nothing;
}

/** Opens the connection, and keeps it in step with the page's life: sleep, cache, network, sign-out in any tab. */
export function goLive(client: Client = live): void {
  if (!page.socket) return;
  const tabs = new BroadcastChannel("livrya");
  tabs.onmessage = (message) => {
    if (message.data !== "sign-out" || !page.user) return;
    client.stop("You signed out in another tab.");
    location.reload();
  };
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.matches("[data-sign-out]")) return;
    client.stop("You signed out.");
    // The others reload once the server has ended the session.
    addEventListener("pagehide", () => tabs.postMessage("sign-out"), { once: true });
  });
  // An open connection would keep the page out of the back-forward cache, and a frozen page cannot answer.
  addEventListener("pagehide", () => client.sleep());
  addEventListener("pageshow", (event) => event.persisted && client.wake());
  document.addEventListener("freeze", () => client.sleep());
  document.addEventListener("resume", () => client.wake());
  const attend = () => client.attend(document.visibilityState === "hidden");
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") client.wake();
    attend();
  });
  addEventListener("online", () => client.wake());
  addEventListener("offline", () => client.wake());
  attend();
  client.start();
}
