"""Marks around each other: edges never cross, and what lasts longest is outside."""

from hypothesis import given
from hypothesis import strategies as st

from books.drafting.blocks import HardBreak, Inline, Mark, Span
from books.drafting.nesting import Edge, Link, nested

MARKS: list[Mark] = ["italic", "bold", "strike", "smallCaps"]
SPANS = st.builds(Span, st.just("x"), st.frozensets(st.sampled_from(MARKS)), st.none() | st.just("https://x.org"))


def test_what_lasts_longest_is_outside_and_a_new_line_belongs_to_what_is_on_both_sides() -> None:
    both = frozenset[Mark]({"italic", "bold"})
    found = list(
        nested([Span("a", frozenset({"italic"})), Span("b", both), HardBreak(), Span("c", frozenset({"bold"}))])
    )
    assert found == [
        Edge("italic", "open"),
        Span("a", frozenset({"italic"})),
        Edge("bold", "open"),
        Span("b", both),
        Edge("bold", "close"),
        Edge("italic", "close"),
        Edge("bold", "open"),
        HardBreak(),
        Span("c", frozenset({"bold"})),
        Edge("bold", "close"),
    ]


@given(st.lists(SPANS | st.just(HardBreak()), max_size=8))
def test_every_span_is_within_its_own_marks_and_nothing_else(inlines: list[Inline]) -> None:
    stack: list[object] = []
    seen = []
    for step in nested(inlines):
        if not isinstance(step, Edge):
            seen.append(step)
            if isinstance(step, Span):
                assert set(stack) == set(step.marks) | ({Link(step.link)} if step.link else set())
        elif step.side == "open":
            stack.append(step.around)
        else:
            assert stack.pop() == step.around
    assert (stack, seen) == ([], inlines)
