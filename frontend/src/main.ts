import "./styles/main.css";
import "./elements/announcement";
import "./elements/connection-pill";
import "./elements/countdown";
import "./elements/shortcuts";
import "./elements/toasts";
import { mindForms } from "./elements/forms";
import { loadIcons } from "./elements/icon";
import { keepTimes } from "./elements/times";
import { goLive } from "./realtime/page";

/** What only some pages have is loaded where it is found. */
const ISLANDS: Record<string, () => Promise<unknown>> = {
  "lv-bell": () => import("./elements/bell"),
  "lv-board": () => import("./elements/board"),
  "lv-chapter-editor": () => import("./elements/chapter-editor"),
  "lv-chapter-list": () => import("./elements/chapter-list"),
  "lv-comments": () => import("./elements/comments/comments"),
  "lv-contacts": () => import("./elements/contacts"),
  "lv-continue": () => import("./elements/continue"),
  "lv-follow": () => import("./elements/follow"),
  "lv-new-chapters": () => import("./elements/new-chapters"),
  "lv-notifications": () => import("./elements/notification-list"),
  "lv-palette": () => import("./elements/palette"),
  "lv-presence": () => import("./elements/presence"),
  "lv-reader-settings": () => import("./elements/reader-settings"),
  "lv-reading-place": () => import("./elements/reading-place"),
  "lv-room": () => import("./elements/room/room"),
  "lv-room-call": () => import("./elements/room/call"),
  "lv-room-members": () => import("./elements/room/members"),
  "lv-rooms": () => import("./elements/rooms"),
  "lv-subscribe": () => import("./elements/subscribe"),
};

const loads = Object.entries(ISLANDS).map(([name, load]) => document.querySelector(name) && load());
keepTimes();
void loadIcons();
mindForms();
// Listeners first, then the connection: what comes at once finds whom it is for.
void Promise.allSettled(loads).then(() => goLive());
