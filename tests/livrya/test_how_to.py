"""The how-to for events, carried out as it stands."""

import re

import pytest

from books import broadcasts, signals
from books.events import facts
from realtime.contracts import EVENTS
from realtime.exporting.catalogue import catalogue
from realtime.exporting.markdown import reference
from realtime.exporting.typescript import typescript
from tests.books import test_broadcasts
from tests.books.test_broadcasts import heard
from tests.commands import ROOT

__all__ = ["heard"]

HOW_TO = ROOT / "docs" / "how-to" / "add-an-event.md"


@pytest.mark.django_db
def test_an_event_is_added_in_the_three_places_of_the_how_to(heard):
    contract, line, test = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    before = set(EVENTS)
    places = [dict(vars(module)) for module in (facts, broadcasts, test_broadcasts)]
    try:
        exec(contract, places[0])
        exec(line, places[1] | {"ChapterBegun": places[0]["ChapterBegun"]}, places[1])
        exec(test, places[2])
        places[2]["test_a_chapter_that_is_begun_is_told_to_all_authors"](heard)
        assert set(EVENTS) - before == {"chapter:begun"}
        assert '"chapter:begun": ChapterBegun;' in typescript(catalogue())
        assert "### `chapter:begun`" in reference(catalogue())
    finally:
        signals.chapter_created.disconnect(places[1].get("tell_chapter_begun"))
        EVENTS.pop("chapter:begun", None)
