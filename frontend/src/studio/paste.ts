import { Extension } from "@tiptap/core";
import { Fragment, type Node, Slice } from "@tiptap/pm/model";
import { Plugin } from "@tiptap/pm/state";
import { isSafeLink } from "./schema";

/** What is read of pasted HTML, everything else falls away. */
interface Style {
  bold: boolean;
  italic: boolean;
  strike: boolean;
  smallCaps: boolean;
  href: string;
  kind: "paragraph" | "heading" | "quote" | "item";
  level: number;
  ordered: boolean;
}

const PLAIN: Style = {
  bold: false,
  italic: false,
  strike: false,
  smallCaps: false,
  href: "",
  kind: "paragraph",
  level: 1,
  ordered: false,
};

const SCENE_BREAK = /^(?:⁂|\*\s*\*\s*\*|-\s*-\s*-)$/u;
const DROPPED = new Set(
  "SCRIPT STYLE META TITLE LINK TEMPLATE NOSCRIPT SVG MATH IFRAME OBJECT INPUT BUTTON".split(" "),
);
const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY DD DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER LI MAIN NAV OL P PRE SECTION TABLE TBODY TD TH THEAD TR UL".split(
    " ",
  ),
);
const SPACE = /[ \t\r\n\f]+/g;
/** Word numbers its lists with text of its own. */
const WORD_LIST = /level(\d+)/;

/**
 * Returns pasted HTML as flat blocks of the draft's schema: `p`, `h2`, `h3`, `blockquote`, `p.item`, `hr` with
 * italics, bold, strike, small caps, links and breaks. The style of an element counts as much as its tag, for that is
 * how Word, Google Docs and LibreOffice write.
 */
export function cleanHtml(html: string): string {
  const source = new DOMParser().parseFromString(quiet(html), "text/html");
  const reader = new Reader(document.implementation.createHTMLDocument(""));
  reader.walk(source.body, PLAIN);
  reader.close();
  return reader.blocks.map((block) => block.outerHTML).join("");
}

/** Styles are read, never applied; under the page's policy they would be complained of. */
function quiet(html: string): string {
  const bare = html.replace(/<style\b[\s\S]*?(?:<\/style\s*>|$)/gi, "");
  return bare.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
}

class Reader {
  readonly blocks: HTMLElement[] = [];
  private block: HTMLElement | null = null;
  /** White space that stands between words if more words follow. */
  private space = false;
  private breaks = 0;

  constructor(private readonly target: Document) {}

  walk(parent: ParentNode, style: Style): void {
    for (const child of parent.childNodes) {
      if (child.nodeType === 3) this.text(child.nodeValue ?? "", style);
      else if (child.nodeType === 1) this.element(child as HTMLElement, style);
    }
  }

  close(): void {
    const block = this.block;
    this.block = null;
    this.space = false;
    this.breaks = 0;
    if (!block) return;
    const text = block.textContent.trim();
    if (SCENE_BREAK.test(text)) this.blocks.push(this.target.createElement("hr"));
    else if (text || block.querySelector("img")) this.blocks.push(block);
  }

  private element(element: HTMLElement, outer: Style): void {
    const tag = element.tagName.toUpperCase();
    const written = declarations(element);
    if (DROPPED.has(tag) || written.display === "none" || written["mso-hide"] === "all") return;
    // The number or bullet that Word writes before an item.
    if (written["mso-list"]?.toLowerCase() === "ignore") return;
    if (tag === "BR") this.br(element);
    else if (tag === "HR") this.rule();
    else if (tag === "IMG") this.image(element as HTMLImageElement, outer);
    else this.inside(element, styled(element, tag, written, outer), BLOCKS.has(tag));
  }

  private inside(element: HTMLElement, style: Style, isBlock: boolean): void {
    if (isBlock) this.close();
    this.walk(element, style);
    if (isBlock) this.close();
  }

  private text(written: string, style: Style): void {
    const text = written.replace(SPACE, " ");
    if (text.trim() === "" && (!this.block || text === "")) return;
    const words = text.replace(/^ | $/g, "");
    if (text.startsWith(" ")) this.space = true;
    if (!words) return;
    const block = this.open(style);
    if (this.breaks > 0) {
      block.append(this.target.createElement("br"));
      this.breaks = 0;
    } else if (this.space && block.hasChildNodes()) {
      // A space belongs to no mark, unless the words before it have the same.
      block.append(this.target.createTextNode(" "));
    }
    block.append(this.marked(words, style));
    this.space = text.endsWith(" ");
  }

  private br(element: HTMLElement): void {
    if (!this.block || element.className.includes("Apple-interchange-newline")) return;
    this.breaks += 1;
    // Pages that know no paragraphs write two breaks between them.
    if (this.breaks > 1) this.close();
  }

  private rule(): void {
    this.close();
    this.blocks.push(this.target.createElement("hr"));
  }

  /** Only pictures that are here already: others would be asked for elsewhere, and the page asks nobody else. */
  private image(image: HTMLImageElement, style: Style): void {
    const source = image.getAttribute("src") ?? "";
    if (!URL.canParse(source, location.href) || new URL(source, location.href).origin !== location.origin) return;
    const copy = this.target.createElement("img");
    copy.setAttribute("src", new URL(source, location.href).pathname);
    copy.setAttribute("alt", image.getAttribute("alt") ?? "");
    this.open(style).append(copy);
  }

  private open(style: Style): HTMLElement {
    if (this.block) return this.block;
    const tags = { paragraph: "p", heading: `h${style.level === 3 ? 3 : 2}`, quote: "blockquote", item: "p" };
    const block = this.target.createElement(tags[style.kind]);
    if (style.kind === "item") {
      block.className = "item";
      block.dataset.level = String(style.level);
      block.dataset.ordered = String(style.ordered);
    }
    this.block = block;
    return block;
  }

  private marked(words: string, style: Style): globalThis.Node {
    let inner: globalThis.Node = this.target.createTextNode(words);
    const wrap = (tag: string, give: (made: HTMLElement) => void = () => undefined) => {
      const made = this.target.createElement(tag);
      give(made);
      made.append(inner);
      inner = made;
    };
    if (style.smallCaps) {
      wrap("span", (made) => {
        made.className = "small-caps";
      });
    }
    if (style.strike) wrap("s");
    if (style.italic) wrap("em");
    // A heading is heavy by itself.
    if (style.bold && style.kind !== "heading") wrap("strong");
    if (style.href) wrap("a", (made) => made.setAttribute("href", style.href));
    return inner;
  }
}

/** Reads a style attribute by its names exactly: `mso-bidi-font-weight` is no `font-weight`. */
function declarations(element: HTMLElement): Record<string, string> {
  const found: Record<string, string> = {};
  for (const declaration of (element.dataset.style ?? "").split(";")) {
    const colon = declaration.indexOf(":");
    if (colon < 0) continue;
    found[declaration.slice(0, colon).trim().toLowerCase()] = declaration.slice(colon + 1).trim();
  }
  return found;
}

function styled(element: HTMLElement, tag: string, written: Record<string, string>, outer: Style): Style {
  const style = { ...outer };
  if (tag === "B" || tag === "STRONG") style.bold = true;
  if (tag === "I" || tag === "EM" || tag === "CITE") style.italic = true;
  if (tag === "S" || tag === "DEL" || tag === "STRIKE") style.strike = true;
  if (element.classList.contains("small-caps")) style.smallCaps = true;
  const weight = written["font-weight"];
  if (weight) style.bold = weight === "bold" || weight === "bolder" || Number.parseInt(weight, 10) >= 600;
  const slant = written["font-style"];
  if (slant) style.italic = /italic|oblique/.test(slant);
  const decoration = written["text-decoration"] ?? written["text-decoration-line"];
  if (decoration?.includes("line-through")) style.strike = true;
  const variant = written["font-variant"] ?? written["font-variant-caps"];
  if (variant) style.smallCaps = variant.includes("small-caps");
  if (tag === "A") {
    const href = element.getAttribute("href") ?? "";
    if (isSafeLink(href)) style.href = href.trim();
  }
  return inKind(element, tag, written, style);
}

function inKind(element: HTMLElement, tag: string, written: Record<string, string>, style: Style): Style {
  const heading = /^H([1-6])$/.exec(tag)?.[1];
  if (heading || /^Mso(?:Title|Heading)/.test(element.className)) {
    return { ...style, kind: "heading", level: Number(heading ?? 1) > 2 ? 3 : 2 };
  }
  if (tag === "BLOCKQUOTE" || /^Mso(?:Intense)?Quote/.test(element.className)) return { ...style, kind: "quote" };
  if (tag === "UL" || tag === "OL") {
    const inside = style.kind === "item";
    return { ...style, kind: "item", ordered: tag === "OL", level: inside ? Math.min(3, style.level + 1) : 1 };
  }
  const list = WORD_LIST.exec(written["mso-list"] ?? "")?.[1];
  if (list) {
    const sign = [...element.querySelectorAll<HTMLElement>("[data-style]")].find((inner) =>
      /mso-list:\s*ignore/i.test(inner.dataset.style ?? ""),
    );
    const ordered = /^\s*\(?[0-9a-z]{1,4}[.)]/i.test(sign?.textContent ?? "");
    return { ...style, kind: "item", level: Math.min(3, Number(list)), ordered };
  }
  if (element.matches("p.item")) {
    const level = Number(element.dataset.level ?? 1);
    return { ...style, kind: "item", level, ordered: element.dataset.ordered === "true" };
  }
  return style;
}

/** Plain text: where blank lines stand between paragraphs, a line's end is only that. */
export function textBlocks(text: string): string[][] {
  const lines = text.replace(/\r\n?/g, "\n").trim();
  if (/\n[ \t]*\n/.test(lines)) return lines.split(/\n(?:[ \t]*\n)+/).map((block) => block.split("\n"));
  return lines.split("\n").map((line) => [line]);
}

/** Returns the blocks without those ids that are not theirs to bring along. */
export function withoutIds(slice: Slice, keeps: (id: string) => boolean = () => false): Slice {
  const without = (node: Node): Node => {
    const id: unknown = node.attrs.id;
    if (node.type.name !== "block" || typeof id !== "string" || keeps(id)) return node;
    return node.type.create({ ...node.attrs, id: null }, node.content, node.marks);
  };
  const nodes: Node[] = [];
  slice.content.forEach((node) => {
    nodes.push(without(node));
  });
  return new Slice(Fragment.from(nodes), slice.openStart, slice.openEnd);
}

/** What is pasted or dropped becomes blocks of the schema; a block that was cut out keeps its id when it comes back. */
export const Pasting = Extension.create({
  name: "pasting",

  addProseMirrorPlugins() {
    const cut = new Set<string>();
    return [
      new Plugin({
        props: {
          handleDOMEvents: {
            cut: (view) => {
              cut.clear();
              const { from, to } = view.state.selection;
              view.state.doc.nodesBetween(from, to, (node) => {
                if (typeof node.attrs.id === "string") cut.add(node.attrs.id);
                return false;
              });
              return false;
            },
          },
          transformPastedHTML: (html) => (html.includes("data-pm-slice") ? html : cleanHtml(html)),
          transformPasted: (slice, view) => {
            const there = new Set<unknown>();
            view.state.doc.forEach((block) => {
              there.add(block.attrs.id);
            });
            // Who drags a paragraph elsewhere moves it: at this moment it still stands where it was.
            const moved = view.dragging?.move === true;
            return withoutIds(slice, (id) => moved || (cut.has(id) && !there.has(id)));
          },
          clipboardTextParser: (text, _$context, _plain, view) => {
            const { block, hardBreak } = view.state.schema.nodes;
            if (!block || !hardBreak) return Slice.empty;
            const made = textBlocks(text).map((lines) => {
              if (lines.length === 1 && SCENE_BREAK.test(lines[0]?.trim() ?? ""))
                return block.create({ kind: "break" });
              const inline = lines.flatMap((line, at) => [
                ...(at > 0 ? [hardBreak.create()] : []),
                ...(line ? [view.state.schema.text(line)] : []),
              ]);
              return block.create(null, inline);
            });
            return Slice.maxOpen(Fragment.from(made));
          },
        },
      }),
    ];
  },
});
