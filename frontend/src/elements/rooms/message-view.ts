import { html, nothing, type TemplateResult } from "lit";
import type { AttachmentContent } from "../../realtime/contracts.gen";
import type { Unsent } from "../../realtime/outbox";
import { face } from "../parts/face";
import { icon } from "../parts/icon";
import { REACTION_ICON, REACTIONS } from "../parts/reactions";
import { exactly } from "../parts/times";
import type { Row, Said } from "./conversation";
import { parts, sizeOf } from "./words";

export interface MessageActs {
  userId: number;
  username: string;
  moderates: boolean;
  choosing: number | null;
  choose(message: Said | null): void;
  react(message: Said, kind: string): void;
  reply(message: Said): void;
  edit(message: Said): void;
  remove(message: Said): void;
  unread(message: Said): void;
  show(number: number): void;
  retry(entry: Unsent): void;
  discard(entry: Unsent): void;
}

// As the server writes them.
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

export function rowView(row: Row, acts: MessageActs): TemplateResult {
  if (row.kind === "day") return html`<li class="day-line"><span>${DAY.format(row.at)}</span></li>`;
  if (row.kind === "new") return html`<li class="new-line" id="new"><span>New</span></li>`;
  return messageView(row.message, row.head, acts);
}

function messageView(message: Said, head: boolean, acts: MessageActs): TemplateResult {
  const { number, sender, mentions } = message;
  const names = mentions.includes(acts.userId) ? "message--names-me" : "";
  return html`<li class="message ${head ? "message--head" : ""} ${names} ${message.arrived ? "arrived" : ""}" id="message-${number}" data-number=${number} tabindex="-1">
    ${head ? headView(message) : nothing}
    <div class="message__body">
      ${head ? nothing : html`<span class="visually-hidden">${sender.displayName}</span>`}
      ${message.deleted ? html`<p class="message__gone">This message was taken back.</p>` : bodyView(message, acts)}
    </div>
    ${message.deleted ? nothing : toolsView(message, acts)}
  </li>`;
}

function headView({ sender, createdAt, number }: Said): TemplateResult {
  return html`${face(sender.id, sender.displayName, sender.avatar ?? "")}
    <header class="message__head">
      <a class="message__author" href="/people/${sender.username}/">${sender.displayName}</a>
      <a class="message__time" href="#message-${number}"><time datetime=${new Date(createdAt).toISOString()} title=${exactly(createdAt)}>${TIME.format(createdAt)}</time></a>
    </header>`;
}

function bodyView(message: Said, acts: MessageActs): TemplateResult {
  const { replyTo } = message;
  return html`
    ${
      replyTo
        ? html`<a class="message__reply" href="#message-${replyTo.number}" @click=${(event: MouseEvent) => {
            event.preventDefault();
            acts.show(replyTo.number);
          }}>${icon("reply")}${replyTo.senderName}</a>`
        : nothing
    }
    ${message.text ? textView(message.text, acts.username) : nothing}
    ${message.attachments.map(attachmentView)}
    ${message.links.map(
      (link) =>
        html`<a class="chapter-card" href=${link.url}>${icon("book-open-text")}<span><b><bdi>${link.bookTitle}</bdi></b><br />${link.number}. <bdi>${link.chapterTitle}</bdi></span></a>`,
    )}
    ${message.editedAt === null ? nothing : html`<span class="message__edited">edited</span>`}
    ${reactionsView(message, acts)}`;
}

function textView(text: string, username: string): TemplateResult {
  // On one line: the text keeps its own line breaks, and nothing of ours may add to them.
  return html`<div class="message__text" dir="auto">${parts(text).map((part) => {
    if (part.kind === "link")
      return html`<a href=${part.text} rel="nofollow noopener" target="_blank">${part.text}</a>`;
    if (part.kind === "name")
      return html`<span class="name ${part.text.slice(1).toLowerCase() === username.toLowerCase() ? "name--mine" : ""}">${part.text}</span>`;
    return part.text;
  })}</div>`;
}

function attachmentView(file: AttachmentContent): TemplateResult {
  if (file.kind === "image") {
    return html`<a href=${file.url}><img class="message__picture" src=${file.url} alt=${file.name} width=${file.width ?? nothing} height=${file.height ?? nothing} loading="lazy" /></a>`;
  }
  if (file.kind === "audio") {
    return html`<audio class="message__audio" controls preload="none" src=${file.url} aria-label=${file.name}></audio>`;
  }
  return html`<a class="message__file" href=${file.url}>${icon("file")}${file.name} <small>${sizeOf(file.size)}</small></a>`;
}

function reactionsView(message: Said, acts: MessageActs): TemplateResult | typeof nothing {
  const given = REACTIONS.filter((kind) => (message.reactions[kind] ?? 0) > 0);
  if (given.length === 0) return nothing;
  return html`<span class="reactions">${given.map(
    (kind) =>
      html`<button type="button" class="reaction" aria-label="${kind}: ${message.reactions[kind]}" aria-pressed=${message.ownReactions.includes(kind)} @click=${() => acts.react(message, kind)}>${icon(REACTION_ICON[kind] ?? "smile")}${message.reactions[kind]}</button>`,
  )}</span>`;
}

function toolsView(message: Said, acts: MessageActs): TemplateResult {
  const own = message.sender.id === acts.userId;
  const choosing = acts.choosing === message.id;
  const tool = (label: string, name: Parameters<typeof icon>[0], act: string, run: () => void) =>
    html`<button type="button" class="message__tool" aria-label=${label} title=${label} data-act=${act} @click=${run}>${icon(name)}</button>`;
  return html`<div class="message__tools ${choosing ? "message__tools--open" : ""}">
    ${
      choosing
        ? html`<span class="reaction-choice" role="group" aria-label="Your reaction">${REACTIONS.map(
            (kind) =>
              html`<button type="button" aria-label=${kind} aria-pressed=${message.ownReactions.includes(kind)} @click=${() => acts.react(message, kind)}>${icon(REACTION_ICON[kind] ?? "smile")}</button>`,
          )}</span>`
        : nothing
    }
    ${tool("React", "smile", "react", () => acts.choose(choosing ? null : message))}
    ${tool("Reply", "reply", "reply", () => acts.reply(message))}
    ${tool("Unread from here", "eye-off", "unread", () => acts.unread(message))}
    ${own ? nothing : html`<a class="message__tool" href="/report/message/${message.id}/" aria-label="Report" title="Report">${icon("flag")}</a>`}
    ${own ? tool("Edit", "pencil", "edit", () => acts.edit(message)) : nothing}
    ${own || acts.moderates ? tool(own ? "Delete" : "Remove", "trash-2", "remove", () => acts.remove(message)) : nothing}
  </div>`;
}

export function unsentRow(entry: Unsent, name: string, acts: MessageActs): TemplateResult {
  const failed = entry.state === "failed";
  return html`<li class="message message--head" data-unsent tabindex="-1">
    ${face(entry.userId, name)}
    <header class="message__head"><span class="message__author">${name}</span>
      ${failed ? nothing : html`<span class="comment__waiting">${icon("clock")}Not sent yet</span>`}</header>
    <div class="message__body">
      <div class="message__text" dir="auto">${entry.payload.text as string}</div>
      ${
        failed
          ? html`<span class="comment__waiting comment__failed">${icon("circle-alert")}${entry.error}</span>
              <button type="button" class="comment__act" @click=${() => acts.retry(entry)}>${icon("refresh-cw")}Retry</button>
              <button type="button" class="comment__act" @click=${() => acts.discard(entry)}>${icon("trash-2")}Discard</button>`
          : nothing
      }
    </div>
  </li>`;
}
