import { Mark, mergeAttributes, Node } from "@tiptap/core";
import type { Node as DocumentNode } from "@tiptap/pm/model";

/** The number that a draft's document says it is of; one of another number is only read, never written. */
export const SCHEMA = 1;

/** The name of the document's one root. */
export const ROOT = "text";

export type Kind = "paragraph" | "heading" | "quote" | "item" | "break";

/** A block's attributes as they are stored: what is the default is absent, so that both sides write the same. */
export interface BlockAttributes {
  kind: Exclude<Kind, "paragraph"> | null;
  /** Of a heading 3, else 2; of an item 2 or 3, else 1. */
  level: number | null;
  ordered: boolean | null;
  id: string | null;
}

export const PLAIN: BlockAttributes = { kind: null, level: null, ordered: null, id: null };

const KINDS: readonly string[] = ["heading", "quote", "item", "break"];
const DEEPEST_ITEM = 3;
const SAFE_LINK = /^(?:https?:|mailto:)/i;

export function kindOf(block: DocumentNode): Kind {
  const kind: unknown = block.attrs.kind;
  return typeof kind === "string" && KINDS.includes(kind) ? (kind as Kind) : "paragraph";
}

/** Returns a heading's level (2 or 3) or an item's (1 to 3). The server's library knows only floats and strings. */
export function levelOf(block: DocumentNode): number {
  const written = Math.trunc(Number(block.attrs.level ?? Number.NaN));
  if (kindOf(block) === "heading") return written === 3 ? 3 : 2;
  return Number.isNaN(written) ? 1 : Math.min(DEEPEST_ITEM, Math.max(1, written));
}

export function isOrdered(block: DocumentNode): boolean {
  return block.attrs.ordered === true || block.attrs.ordered === "true";
}

export function isSafeLink(href: string): boolean {
  return SAFE_LINK.test(href.trim());
}

/**
 * The one block of the document. Headings, quotes, items and scene breaks are its attributes and never other node
 * types: with other types, a heading made while somebody types would lose what is being typed.
 */
const Block = Node.create({
  name: "block",
  group: "block",
  content: "inline*",
  defining: true,

  addAttributes() {
    const stored = { default: null, rendered: false, parseHTML: () => null };
    return { kind: stored, level: stored, ordered: stored, id: stored };
  },

  parseHTML() {
    const kept = (element: HTMLElement) => ({ ...PLAIN, id: element.dataset.paragraph ?? null });
    const heading = (level: number | null) => (element: HTMLElement) => ({ ...kept(element), kind: "heading", level });
    const item = (element: HTMLElement) => {
      const level = Number(element.dataset.level ?? 1);
      return {
        ...kept(element),
        kind: "item",
        level: level > 1 ? Math.min(level, DEEPEST_ITEM) : null,
        ordered: element.dataset.ordered === "true" ? true : null,
      };
    };
    return [
      { tag: "p.scene-break", priority: 60, getAttrs: (element) => ({ ...kept(element), kind: "break" }) },
      { tag: "hr", getAttrs: () => ({ ...PLAIN, kind: "break" }) },
      { tag: "p.item", priority: 60, getAttrs: item },
      { tag: "li", getAttrs: item },
      { tag: "blockquote", getAttrs: (element) => ({ ...kept(element), kind: "quote" }) },
      { tag: "h1", getAttrs: heading(null) },
      { tag: "h2", getAttrs: heading(null) },
      { tag: "h3", getAttrs: heading(3) },
      { tag: "p", getAttrs: kept },
    ];
  },

  renderHTML({ node }) {
    const id: unknown = node.attrs.id;
    const common = { dir: "auto", ...(typeof id === "string" && { "data-paragraph": id }) };
    switch (kindOf(node)) {
      case "heading":
        return [`h${levelOf(node)}`, common, 0];
      case "quote":
        return ["blockquote", common, 0];
      case "item":
        return [
          "p",
          { ...common, class: "item", "data-level": String(levelOf(node)), "data-ordered": String(isOrdered(node)) },
          0,
        ];
      case "break":
        // It has room for words: those that somebody typed while another made a break of it stay to be seen.
        return ["p", { ...common, class: "scene-break" }, 0];
      default:
        return ["p", common, 0];
    }
  },
});

const Document = Node.create({ name: "doc", topNode: true, content: "block+" });
const Text = Node.create({ name: "text", group: "inline" });

const HardBreak = Node.create({
  name: "hardBreak",
  group: "inline",
  inline: true,
  selectable: false,
  linebreakReplacement: true,
  parseHTML: () => [{ tag: "br" }],
  renderHTML: () => ["br"],
  renderText: () => "\n",
});

const Image = Node.create({
  name: "image",
  group: "inline",
  inline: true,
  draggable: true,
  addAttributes: () => ({ src: { default: null }, alt: { default: null } }),
  parseHTML: () => [{ tag: "img[src]" }],
  renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
});

interface PlainMark {
  name: string;
  tags: string[];
  key: string;
  attributes?: Record<string, string>;
}

function plainMark({ name, tags, key, attributes = {} }: PlainMark): Mark {
  return Mark.create({
    name,
    parseHTML: () => tags.map((tag) => ({ tag })),
    renderHTML: () => [tags[0]?.split(".")[0] ?? "span", attributes, 0],
    addKeyboardShortcuts() {
      return { [key]: () => this.editor.commands.toggleMark(name) };
    },
  });
}

const Bold = plainMark({ name: "bold", tags: ["strong", "b"], key: "Mod-b" });
const Italic = plainMark({ name: "italic", tags: ["em", "i"], key: "Mod-i" });
const Strike = plainMark({ name: "strike", tags: ["s", "del", "strike"], key: "Mod-Shift-s" });
const SmallCaps = plainMark({
  name: "smallCaps",
  tags: ["span.small-caps"],
  key: "Mod-Shift-k",
  attributes: { class: "small-caps" },
});

const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: { default: "" } }),
  parseHTML: () => [{ tag: "a[href]", getAttrs: (element) => isSafeLink(element.getAttribute("href") ?? "") && null }],
  renderHTML: ({ HTMLAttributes }) => {
    // A co-author's words: what they link to is not followed by a script.
    const href = String(HTMLAttributes.href ?? "");
    return ["a", mergeAttributes({ rel: "noopener nofollow" }, isSafeLink(href) ? { href } : {}), 0];
  },
});

/** The closed schema of a chapter's draft. */
export const NODES_AND_MARKS = [Document, Block, Text, HardBreak, Image, Link, Bold, Italic, Strike, SmallCaps];
