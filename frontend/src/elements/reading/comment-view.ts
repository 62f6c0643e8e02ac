import { html, nothing, type TemplateResult } from "lit";
import type { IconName } from "../../icon-names";
import type { Unsent } from "../../realtime/outbox";
import { face } from "../parts/face";
import { icon } from "../parts/icon";
import { REACTION_ICON, REACTIONS } from "../parts/reactions";
import { ago, exactly } from "../parts/times";
import type { Shown } from "./comment-model";

export interface Acts {
  mayWrite: boolean;
  /** Whether one may change what one has said; under a lock one may, where an author has blocked one not. */
  mayEdit: boolean;
  userId: number | null;
  reply(comment: Shown): void;
  edit(comment: Shown): void;
  remove(comment: Shown): void;
  react(comment: Shown, kind: string): void;
  choose(comment: Shown): void;
  release(comment: Shown): void;
  reveal(comment: Shown): void;
  retry(entry: Unsent): void;
  discard(entry: Unsent): void;
}

export interface Local {
  choosing: boolean;
  heldBelow: number;
  /** Its words are folded away: its author is blocked or muted. */
  away: boolean;
  /** The form for a reply or an edit, when it is open here. */
  form: TemplateResult | typeof nothing;
  editing: boolean;
}

export function commentView(comment: Shown, local: Local, acts: Acts): TemplateResult {
  return html`<li class="comment ${comment.arrived ? "arrived" : ""}" id="comment-${comment.id}" data-comment=${comment.id} data-depth=${comment.depth} tabindex="-1">
    <article>
      ${comment.gone ? html`<p class="comment__gone">This comment was taken away.</p>` : local.away ? away(comment, acts) : body(comment, local, acts)}
      ${comment.gone && local.heldBelow > 0 ? html`<div class="comment__acts">${held(comment, local, acts)}</div>` : nothing}
    </article>
    ${local.editing ? nothing : local.form}
  </li>`;
}

function away(comment: Shown, acts: Acts): TemplateResult {
  return html`<p class="comment__gone comment__folded">By somebody whom you keep away.
    <button type="button" class="comment__act" @click=${() => acts.reveal(comment)}>${icon("eye")}Show</button></p>`;
}

function body(comment: Shown, local: Local, acts: Acts): TemplateResult {
  return html`<header class="comment__head">
      ${face(comment.authorId, comment.authorName, comment.avatar)}
      <a class="comment__author" href="/people/${comment.author}/">${comment.authorName}</a>
      <a class="comment__time" href="#comment-${comment.id}"
        ><time datetime=${new Date(comment.createdAt).toISOString()} title=${exactly(comment.createdAt)} data-relative>${ago(comment.createdAt)}</time></a>
      ${where(comment)}
      ${comment.editedAt === null ? nothing : html`<span class="comment__edited">edited</span>`}
    </header>
    ${local.editing ? local.form : html`<div class="comment__text" dir="auto">${comment.text}</div>`}
    ${local.editing ? nothing : foot(comment, local, acts)}`;
}

/** Nothing for a paragraph that is gone, or that an older event calls by a number. */
function where({ paragraph }: Shown): TemplateResult | typeof nothing {
  const id = `p-${paragraph}`;
  if (paragraph === null || !document.getElementById(id)) return nothing;
  return html`<a class="comment__where" href="#${id}">on a paragraph</a>`;
}

function foot(comment: Shown, local: Local, acts: Acts): TemplateResult {
  const own = comment.authorId === acts.userId;
  const act = (label: string, name: IconName, run: () => void) =>
    html`<button type="button" class="comment__act" @click=${run}>${icon(name)}${label}</button>`;
  return html`<div class="comment__acts">
    ${acts.mayWrite && comment.depth < 4 ? act("Reply", "message-circle-reply", () => acts.reply(comment)) : nothing}
    ${acts.userId === null ? nothing : html`<button type="button" class="comment__act" aria-expanded=${local.choosing} @click=${() => acts.choose(comment)}>${icon("smile")}React</button>`}
    ${own || acts.userId === null ? nothing : html`<a class="comment__act" href="/report/comment/${comment.id}/">${icon("flag")}Report</a>`}
    ${own && acts.mayEdit ? act("Edit", "pencil", () => acts.edit(comment)) : nothing}
    ${own ? act("Delete", "trash-2", () => acts.remove(comment)) : nothing}
    ${local.choosing ? choice(comment, acts) : nothing} ${reactions(comment, acts)} ${held(comment, local, acts)}
  </div>`;
}

function choice(comment: Shown, acts: Acts): TemplateResult {
  return html`<span class="reaction-choice" role="group" aria-label="Your reaction">
    ${REACTIONS.map(
      (
        kind,
      ) => html`<button type="button" aria-label=${kind} aria-pressed=${comment.mine.has(kind)} @click=${() => acts.react(comment, kind)}>
        ${icon(REACTION_ICON[kind] ?? "smile")}
      </button>`,
    )}
  </span>`;
}

function reactions(comment: Shown, acts: Acts): TemplateResult | typeof nothing {
  const given = REACTIONS.filter((kind) => (comment.reactions[kind] ?? 0) > 0);
  if (given.length === 0) return nothing;
  return html`<span class="reactions">
    ${given.map((kind) => {
      const label = `${kind}: ${comment.reactions[kind]}`;
      const inside = html`${icon(REACTION_ICON[kind] ?? "smile")}${comment.reactions[kind]}`;
      return acts.userId === null
        ? html`<span class="reaction" role="img" aria-label=${label}>${inside}</span>`
        : html`<button type="button" class="reaction" aria-label=${label} aria-pressed=${comment.mine.has(kind)} @click=${() => acts.react(comment, kind)}>${inside}</button>`;
    })}
  </span>`;
}

function held(comment: Shown, local: Local, acts: Acts): TemplateResult | typeof nothing {
  if (local.heldBelow === 0) return nothing;
  const text = local.heldBelow === 1 ? "1 new reply" : `${local.heldBelow} new replies`;
  return html`<button type="button" class="comment__act comment__act--held" @click=${() => acts.release(comment)}>${text}</button>`;
}

export function unsentView(entry: Unsent, depth: number, name: string, acts: Acts): TemplateResult {
  const failed = entry.state === "failed";
  return html`<li class="comment" data-unsent data-depth=${depth}>
    <article>
      <header class="comment__head">${face(entry.userId, name)}<span class="comment__author">${name}</span></header>
      <div class="comment__text" dir="auto">${entry.payload.text as string}</div>
      <div class="comment__acts">
        ${
          failed
            ? html`<span class="comment__waiting comment__failed">${icon("circle-alert")}${entry.error}</span>
                <button type="button" class="comment__act" @click=${() => acts.retry(entry)}>${icon("refresh-cw")}Retry</button>
                <button type="button" class="comment__act" @click=${() => acts.discard(entry)}>${icon("trash-2")}Discard</button>`
            : html`<span class="comment__waiting">${icon("clock")}Not sent yet</span>`
        }
      </div>
    </article>
  </li>`;
}

export function formView(options: {
  label: string;
  action: string;
  text: string;
  send: (text: string) => void;
  cancel: () => void;
  typed: () => void;
}): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).elements.namedItem("text") as HTMLTextAreaElement;
    if (field.value.trim()) options.send(field.value.trim());
  };
  return html`<form class="composer" @submit=${submit} @keydown=${(event: KeyboardEvent) => event.key === "Escape" && options.cancel()}>
    <textarea name="text" aria-label=${options.label} rows="3" maxlength="10000" required dir="auto" .value=${options.text} @input=${options.typed} @keydown=${sendOnCtrlEnter}></textarea>
    <div class="composer__foot"><span></span><span class="composer__acts">
      <button type="button" class="button button--quiet" @click=${options.cancel}>Cancel</button>
      <button class="button button--primary">${options.action}</button>
    </span></div>
  </form>`;
}

/** Ctrl or Command with Enter sends, as people expect of a text field with a button. */
export function sendOnCtrlEnter(event: KeyboardEvent): void {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  (event.target as HTMLTextAreaElement).form?.requestSubmit();
}
