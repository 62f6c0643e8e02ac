import "./styles/main.css";
import "./elements/shell/announcement";
import "./elements/shell/connection-pill";
import "./elements/library/countdown";
import "./elements/shell/shortcuts";
import "./elements/parts/toasts";
import { loadIcons } from "./elements/parts/icon";
import { keepTimes } from "./elements/parts/times";
import { mindForms } from "./elements/shell/forms";
import { goLive } from "./realtime/page";

/** What only some pages have is loaded where it is found. */
const ISLANDS: Record<string, () => Promise<unknown>> = {
  "lv-bell": () => import("./elements/shell/bell"),
  "lv-board": () => import("./elements/writing/board"),
  "lv-chapter-editor": () => import("./elements/writing/chapter-editor"),
  "lv-chapter-list": () => import("./elements/reading/chapter-list"),
  "lv-comments": () => import("./elements/reading/comments"),
  "lv-contacts": () => import("./elements/people/contacts"),
  "lv-continue": () => import("./elements/library/continue"),
  "lv-follow": () => import("./elements/people/follow"),
  "lv-new-chapters": () => import("./elements/library/new-chapters"),
  "lv-notifications": () => import("./elements/shell/notification-list"),
  "lv-palette": () => import("./elements/shell/palette"),
  "lv-presence": () => import("./elements/people/presence"),
  "lv-reader-settings": () => import("./elements/reading/reader-settings"),
  "lv-reading-place": () => import("./elements/reading/reading-place"),
  "lv-room": () => import("./elements/rooms/room"),
  "lv-room-call": () => import("./elements/rooms/call"),
  "lv-room-members": () => import("./elements/rooms/members"),
  "lv-rooms": () => import("./elements/rooms/room-list"),
  "lv-studio": () => import("./studio/element"),
  "lv-subscribe": () => import("./elements/library/subscribe"),
};

const loads = Object.entries(ISLANDS).map(([name, load]) => document.querySelector(name) && load());
keepTimes();
void loadIcons();
mindForms();
// Listeners first, then the connection: what comes at once finds whom it is for.
void Promise.allSettled(loads).then(() => goLive());
