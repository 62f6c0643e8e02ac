"""Somebody who writes a chapter in a real browser, as people do: a caret, keys, the formatting bar."""

import asyncio
import random
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page

from realtime.testing.writing import WriterRecord, Writing, words_of

_TEXTS = """
const texts = () => {
  const found = [];
  const walk = document.createTreeWalker(document.querySelector(".studio__text"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest(".others-caret")) found.push(walk.currentNode);
  }
  return found;
};
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
"""

_CARET = f"""async (random) => {{
  {_TEXTS}
  const found = texts();
  const text = found[Math.floor(random * found.length)];
  const places = [...text.data.matchAll(/w\\d+n\\d+e/g)].map((it) => it.index + it[0].length);
  document.querySelector(".studio__text").focus();
  getSelection().collapse(text, places[Math.floor(random * places.length)] ?? 0);
  await pause();
  // Of what is still selected the next word would take the place.
  const editor = document.querySelector(".studio__text");
  return editor.contains(document.activeElement) && editor.editor.state.selection.empty;
}}"""

_SELECT = f"""async (random) => {{
  {_TEXTS}
  const words = texts().flatMap((text) => [...text.data.matchAll(/w\\d+n\\d+e/g)].map((it) => [text, it]));
  if (words.length === 0) return false;
  const [text, word] = words[Math.floor(random * words.length)];
  document.querySelector(".studio__text").focus();
  getSelection().setBaseAndExtent(text, word.index, text, word.index + word[0].length);
  await pause();
  return true;
}}"""

# As `blocks` of tests/realtime/doors/yjs/stock.mjs.
_LOOK = f"""() => {{
  {_TEXTS}
  const kinds = {{ H2: "heading", BLOCKQUOTE: "quote", P: "paragraph" }};
  const lines = [...document.querySelector(".studio__text").children].map((block) => {{
    const parts = texts().filter((text) => block.contains(text));
    const said = parts.map((text) => (text.parentElement.closest("strong") ? `[b]${{text.data}}[/b]` : text.data));
    return `${{kinds[block.tagName]}}: ${{said.join("")}}`.replaceAll("[/b][b]", "");
  }});
  return {{ text: lines.join("\\n"), state: document.querySelector(".studio__state").textContent.trim() }};
}}"""


class PageWriter:
    """One browser with the studio open. Its record says saved when the page does."""

    def __init__(self, context: BrowserContext, page: Page, record: WriterRecord) -> None:
        self.record = record
        self.away = False
        self._context = context
        self._page = page
        self._resting = False
        self._task = asyncio.create_task(self._run())

    @classmethod
    async def at(cls, browser: Browser, url: str, cookie: str, writing: Writing, name: str) -> "PageWriter":
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        site = urlsplit(url)._replace(path="/").geturl()
        await context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])
        page = await context.new_page()
        await page.goto(url)
        await page.wait_for_selector(".studio__text")
        return cls(context, page, writing.writer(name))

    @property
    def progress(self) -> int:
        if self._task.done():
            self._task.result()
        return len(self.record.typed)

    @property
    def rests(self) -> bool:
        if self._task.done():
            self._task.result()
        return self._resting and len(self.record.acknowledged) == len(self.record.typed)

    def rest(self) -> None:
        self._resting = True

    async def go_away(self) -> None:
        self.away = True
        await self._context.set_offline(True)

    async def come_back(self) -> None:
        self.away = False
        await self._context.set_offline(False)

    async def text(self) -> str:
        text: str = (await self._look())["text"]
        return text

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._context.close()

    async def _look(self) -> Any:
        """Returns what the page shows, and notes what it calls saved."""
        found = await self._page.evaluate(_LOOK)
        if found["state"].startswith("Saved"):
            shown = set(words_of(found["text"]))
            self.record.saved(*[word for word in self.record.typed if word in shown])
        return found

    async def _run(self) -> None:
        while True:
            if not self._resting:
                await random.choice([self._type, self._type, self._type, self._mark, self._change_kind])()
            await self._look()
            await asyncio.sleep(0.1)

    async def _type(self) -> None:
        if await self._page.evaluate(_CARET, random.random()):
            await self._page.keyboard.insert_text(self.record.word())

    async def _mark(self) -> None:
        if await self._page.evaluate(_SELECT, random.random()):
            await self._page.keyboard.press("Control+b")
            await self._page.keyboard.press("ArrowRight")

    async def _change_kind(self) -> None:
        if await self._page.evaluate(_CARET, random.random()):
            await self._page.locator(".studio__kind").select_option(random.choice(["paragraph", "heading", "quote"]))
