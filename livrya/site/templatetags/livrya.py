"""What the templates of the pages need beyond Django: icons, covers, times, and what the browser must know."""

import re
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any
from urllib.parse import parse_qs

from django import template
from django.contrib.auth.models import AnonymousUser
from django.middleware.csrf import get_token
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.timezone import localtime

from books.languages import direction
from books.models import Book
from books.selectors.books import byline
from realtime.positions import Position

register = template.Library()

APPEARANCE_COOKIE = "appearance"
APPEARANCE: dict[str, tuple[str, ...]] = {
    "theme": ("paper", "sepia", "night", "black"),
    "font": ("literata", "sans", "system"),
    "size": ("17", "18", "19", "20", "21", "22", "24"),
    "measure": ("narrow", "medium", "wide"),
    "leading": ("tight", "normal", "loose"),
    "paragraphs": ("indented", "spaced"),
}
"""What a reader may choose, by the attribute on the root element that the styles follow."""

INKS = 12
HUES = 8
NOTICES = {
    "CHAPTER_PUBLISHED": ("book-open-text", ""),
    "COMMENT_ON_BOOK": ("message-circle", "Comment"),
    "REVIEW_ON_BOOK": ("star", "Review"),
    "BOOK_INVITATION": ("users", "Invitation"),
    "NEW_FOLLOWER": ("user-plus", ""),
    "GROUP_MENTION": ("at-sign", "Room"),
    "GROUP_REPLY": ("reply", "Room"),
    "GROUP_INVITATION": ("messages-square", "Invitation"),
}
REACTION_ICONS = {"like": "thumbs-up", "love": "heart", "laugh": "laugh", "wow": "sparkles", "sad": "frown"}
_FIRST_TAG = re.compile(r"^\s*<([a-z0-9]+)")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Renders an icon of the sprite; it is decoration unless it has a label."""
    described = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', described, static("icons.svg"), name)


@register.simple_tag(takes_context=True)
def appearance(context: RequestContext) -> SafeString:
    """Renders the reader's chosen look as attributes of the root element, from the cookie that the `Aa` sheet keeps."""
    request = context.get("request")
    chosen = parse_qs(request.COOKIES.get(APPEARANCE_COOKIE, "")) if request else {}
    attributes = [
        format_html(' data-{}="{}"', name, chosen[name][-1])
        for name, allowed in APPEARANCE.items()
        if name in chosen and chosen[name][-1] in allowed
    ]
    return mark_safe("".join(attributes))  # noqa: S308  # parts are escaped and of a closed list


@register.simple_tag(takes_context=True)
def page_context(context: RequestContext) -> SafeString:
    """Renders what the page's scripts must know: who is signed in, where the socket is, and up to where the page is.

    The view may give `positions`, a mapping from room names to `Position`, read in the same database snapshot as
    what the page shows: then no event falls between the page and its stream.
    """
    request = context["request"]
    user = getattr(request, "user", AnonymousUser())
    positions: Mapping[str, Position] = context.get("positions") or {}
    known = {
        "user": (
            {"id": user.pk, "username": user.username, "name": str(user), "staff": user.is_staff}
            if user.is_authenticated
            else None
        ),
        "socket": "/socket.io/",
        "namespace": context.get("namespace") or "/",
        "csrf": get_token(request),
        "positions": {room: {"epoch": at.epoch, "seq": at.seq} for room, at in positions.items()},
    }
    return json_script(known, "page-context")


@register.simple_tag(takes_context=True)
def current(context: RequestContext, *names: str) -> SafeString:
    """Renders `aria-current="page"` when the page's URL name is one of `names`."""
    match = getattr(context.get("request"), "resolver_match", None)
    return mark_safe('aria-current="page"') if match and match.url_name in names else mark_safe("")


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """Renders a time as "3 minutes ago"; scripts keep it current and the title says it exactly."""
    if moment is None:
        return ""
    exact = date_format(localtime(moment), "DATETIME_FORMAT")
    passed = timesince(moment, depth=1)
    spoken = "just now" if passed.startswith("0") else f"{passed} ago"
    return format_html('<time datetime="{}" title="{}" data-relative>{}</time>', moment.isoformat(), exact, spoken)


@register.simple_tag
def countdown(moment: datetime) -> SafeString:
    """Renders a time to come; scripts count down to it."""
    exact = date_format(localtime(moment), "DATETIME_FORMAT")
    return format_html('<lv-countdown><time datetime="{}">{}</time></lv-countdown>', moment.isoformat(), exact)


@register.filter
def milliseconds(moment: datetime | None) -> str:
    """Returns a time as Unix milliseconds, as it goes over the wire; "" for none."""
    return "" if moment is None else str(int(moment.timestamp() * 1000))


@register.simple_tag
def prose(paragraphs: Sequence[str], ids: Sequence[str]) -> SafeString:
    """Renders a chapter's rendered paragraphs, each with its id, so that a place in them can be kept and shown.

    `paragraphs` are safe HTML, as `books.text.render` returns them; of a text that was written past the services some
    have no id.
    """
    return mark_safe(  # noqa: S308  # sanitised where it was rendered
        "\n".join(
            _FIRST_TAG.sub(rf'<\1 id="p-{name}" data-paragraph="{name}"', paragraph, count=1) if name else paragraph
            for paragraph, name in zip_longest(paragraphs, ids[: len(paragraphs)])
        )
    )


@register.filter
def ink(book: Any) -> int:
    """Returns which of the cover inks a book has, the same one for ever."""
    return zlib.crc32(str(book.slug).encode()) % INKS


@register.filter
def by(book: Book) -> str:
    """Returns who wrote a book, as its cover has it."""
    return byline(book)


@register.filter(name="direction")
def text_direction(tag: str) -> str:
    """Returns "rtl" or "ltr" for a book's language."""
    return direction(tag)


@register.filter
def ornament(book: Any) -> int:
    """Returns which drawing a book's typographic cover has."""
    return (zlib.crc32(str(book.slug).encode()) >> 8) % 4


@register.filter
def title_fit(title: str) -> str:
    """Returns how large a title may be set on a cover: short, medium or long."""
    longest = max((len(word) for word in title.split()), default=0)
    if len(title) <= 14 and longest <= 7:
        return "short"
    return "medium" if len(title) <= 36 and longest <= 12 else "long"


@register.filter
def unbroken(title: str) -> str:
    """Returns the title with hyphens at which no line ends, for a cover: "Moby-Dick" is one word there."""
    return title.replace("-", "\N{NON-BREAKING HYPHEN}")


@register.filter
def hue(user: Any) -> int:
    """Returns which of the people's colours somebody has."""
    return int(user.pk or 0) % HUES


@register.filter
def hue_of(user_id: int) -> int:
    """Returns which of the people's colours somebody of this id has."""
    return user_id % HUES


@register.filter
def initials(user: Any) -> str:
    """Returns one or two letters for somebody without a picture."""
    words = str(user).split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


@register.filter
def reaction_icon(kind: str) -> str:
    """Returns the icon of a kind of reaction."""
    return REACTION_ICONS.get(kind, "smile")


@register.filter
def notice_icon(kind: str) -> str:
    """Returns the icon of a kind of notification."""
    return NOTICES.get(kind, ("bell", ""))[0]


@register.filter
def notice_label(kind: str) -> str:
    """Returns what a kind of notification is called on the page."""
    return NOTICES.get(kind, ("bell", ""))[1]


@register.filter
def minutes(words: int | None) -> int:
    """Returns how many minutes a text takes to read, at 230 words a minute."""
    return max(1, round((words or 0) / 230))
