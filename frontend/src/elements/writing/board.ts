import { live } from "../../realtime/page";
import { define, LiveElement } from "../parts/live-element";
import { ago } from "../parts/times";

/** `<lv-board book="12">`: the desk's chapters by state; a card goes over when its chapter comes out. */
class Board extends LiveElement {
  protected override begin(): void {
    const book = this.number("book");
    this.until(
      live.watch(`book:${book}`),
      live.on(
        "chapter:available",
        (chapter) => chapter.bookId === book && this.publish(chapter.chapterId, chapter.publishedAt),
      ),
    );
  }

  private publish(chapterId: number, at: number): void {
    const card = this.querySelector(`[data-chapter="${chapterId}"]`);
    const list = this.querySelector('[data-state="published"]');
    if (!card || !list || list.contains(card)) return;
    card.querySelector(".badge--waiting")?.replaceWith(ago(at));
    card.classList.add("arrived");
    list.prepend(card);
    list.parentElement?.querySelector(".board__empty")?.remove();
  }
}

define("lv-board", Board);
