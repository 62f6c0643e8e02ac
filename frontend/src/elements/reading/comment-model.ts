import type { EventMap } from "../../realtime/contracts.gen";
import type { Unsent } from "../../realtime/outbox";

/** A comment as it is shown; `path` sorts a thread, parents before replies. */
export interface Shown {
  id: number;
  parentId: number | null;
  path: string;
  depth: number;
  authorId: number;
  author: string;
  authorName: string;
  avatar: string;
  text: string;
  createdAt: number;
  editedAt: number | null;
  /** The id of the paragraph that it is about. */
  paragraph: string | null;
  /** Deleted, or taken out of sight: the place stays, the words are gone. */
  gone: boolean;
  reactions: Record<string, number>;
  mine: ReadonlySet<string>;
  /** Came in while the page was open. */
  arrived: boolean;
}

type Content = EventMap["comment:new"];

/** The talk of one chapter: everything that is known of its comments, in the order of threads. */
export class Talk {
  private readonly comments = new Map<number, Shown>();
  /** Came in where they would move what is being read; they wait until somebody asks for them. */
  private readonly held = new Set<number>();

  /** Comments on the other pages of a long talk, and whether there are pages before and after this one. */
  private others = 0;
  private edges: { first: string | null; last: string | null } = { first: null, last: null };
  private newElsewhere = 0;

  get all(): Shown[] {
    return [...this.comments.values()].filter(({ id }) => !this.held.has(id)).sort(byPath);
  }

  get count(): number {
    return this.others + [...this.comments.values()].filter(({ gone }) => !gone).length;
  }

  /** How many have come in that stand on other pages. */
  get elsewhere(): number {
    return this.newElsewhere;
  }

  /** Says that this is one page of a talk of `total` comments. */
  partOf(total: number, pages: { earlier: boolean; later: boolean }): void {
    const paths = this.all.map(({ path }) => path);
    this.others = Math.max(0, total - this.count);
    this.edges = { first: (pages.earlier && paths[0]) || null, last: (pages.later && paths.at(-1)) || null };
  }

  /** Counts a comment that belongs on another page and says whether it was one. */
  countElsewhere(path: string): boolean {
    const { first, last } = this.edges;
    if (!((first !== null && path < first) || (last !== null && path > last))) return false;
    this.others += 1;
    this.newElsewhere += 1;
    return true;
  }

  get(id: number): Shown | undefined {
    return this.comments.get(id);
  }

  /** How many replies below a comment wait to be asked for. */
  heldBelow(id: number): number {
    return [...this.held].filter((other) => this.comments.get(other)?.parentId === id).length;
  }

  isHeld(id: number): boolean {
    return this.held.has(id);
  }

  release(parentId: number): void {
    for (const id of [...this.held]) {
      if (this.comments.get(id)?.parentId === parentId) this.held.delete(id);
    }
  }

  put(comment: Shown): void {
    this.comments.set(comment.id, comment);
  }

  /** Takes a comment as the server tells it; says whether it is new here. */
  take(content: Content, editedAt: number | null = null): boolean {
    const known = this.comments.get(content.id);
    this.comments.set(content.id, {
      reactions: {},
      mine: new Set(),
      avatar: "",
      arrived: !known,
      ...known,
      ...fields(content),
      editedAt: editedAt ?? known?.editedAt ?? null,
      gone: false,
    });
    return !known;
  }

  hold(id: number): void {
    this.held.add(id);
  }

  remove(id: number): void {
    const known = this.comments.get(id);
    if (known) this.comments.set(id, { ...known, text: "", gone: true, reactions: {} });
    else this.others = Math.max(0, this.others - 1);
  }

  react(id: number, reactions: Record<string, number>): void {
    const known = this.comments.get(id);
    if (known) this.comments.set(id, { ...known, reactions });
  }

  mark(id: number, kind: string, on: boolean): void {
    const known = this.comments.get(id);
    if (!known) return;
    const mine = new Set(known.mine);
    if (on) mine.add(kind);
    else mine.delete(kind);
    const count = Math.max(0, (known.reactions[kind] ?? 0) + (on === known.mine.has(kind) ? 0 : on ? 1 : -1));
    const { [kind]: _, ...others } = known.reactions;
    this.comments.set(id, { ...known, mine, reactions: count > 0 ? { ...others, [kind]: count } : others });
  }

  /** Returns the comment before which one with `path` would stand; null: at the end. */
  after(path: string): Shown | null {
    return this.all.find((other) => other.path > path) ?? null;
  }
}

/** What a person has said here and the server has not confirmed, without what has come back meanwhile. */
export function unsentOf(entries: readonly Unsent[], chapter: number, talk: Talk, userId: number | null): Unsent[] {
  const echoed = talk.all.filter((comment) => comment.arrived && comment.authorId === userId);
  return entries.filter(({ type, payload, createdAt }) => {
    if (type !== "comment:post" || payload.chapterId !== chapter) return false;
    return !echoed.some(
      (comment) =>
        comment.text === payload.text &&
        comment.parentId === payload.parentId &&
        comment.createdAt >= createdAt - 60_000,
    );
  });
}

function byPath(a: Shown, b: Shown): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function fields(content: Content) {
  const { id, parentId, path, depth, authorId, author, authorName, text, createdAt, paragraph } = content;
  return { id, parentId, path, depth, authorId, author, authorName, text, createdAt, paragraph };
}

/** Reads a comment from the server's markup. */
export function read(item: HTMLElement): Shown {
  const data = item.dataset;
  const number = (value: string | undefined) => (value ? Number(value) : null);
  const reactions = [...item.querySelectorAll<HTMLElement>("[data-kind]")];
  return {
    id: Number(data.comment),
    parentId: number(data.parent),
    path: data.path ?? "",
    depth: Number(data.depth ?? 0),
    authorId: Number(data.author),
    author: data.username ?? "",
    authorName: data.name ?? "",
    avatar: data.avatar ?? "",
    text: item.querySelector(".comment__text")?.textContent ?? "",
    createdAt: Number(data.created),
    editedAt: number(data.edited),
    paragraph: data.paragraph || null,
    gone: "gone" in data,
    reactions: Object.fromEntries(reactions.map((one) => [one.dataset.kind ?? "", Number(one.dataset.count)])),
    mine: new Set(reactions.filter((one) => "mine" in one.dataset).map((one) => one.dataset.kind ?? "")),
    arrived: false,
  };
}
