"""Checks of what people send in, before it reaches the database."""

import pytest

from books.services import checking
from realtime.errors import ValidationFailed
from tests.books.library import somebody

pytestmark = pytest.mark.django_db


def test_a_line_is_cleaned_then_measured():
    assert checking.line("title", "  The \n Whale ", longest=9) == "The Whale"
    with pytest.raises(ValidationFailed) as refused:
        checking.line("title", "The Whales", longest=9)
    assert refused.value.details == {"fields": {"title": "At most 9 characters, please."}}


def test_what_is_required_must_not_be_empty_once_it_is_cleaned():
    assert checking.line("title", "  ", longest=9, required=False) == ""
    for check in (checking.line, checking.body):
        with pytest.raises(ValidationFailed) as refused:
            check("title", " \n ", longest=9)
        assert refused.value.details == {"fields": {"title": "This must not be empty."}}


def test_a_body_far_too_long_is_refused_before_it_is_cleaned(monkeypatch):
    cleaned = []
    monkeypatch.setattr(checking, "clean_text", lambda text: cleaned.append(text) or text)
    with pytest.raises(ValidationFailed):
        checking.body("text", "x" * 21, longest=10)
    assert cleaned == []
    with pytest.raises(ValidationFailed):
        checking.body("text", "x" * 11, longest=10)
    assert checking.body("text", "x" * 10, longest=10) == "x" * 10


def test_a_choice_is_one_of_those_there_are():
    assert checking.choice("level", "all", iter(["all", "muted"])) == "all"
    with pytest.raises(ValidationFailed) as refused:
        checking.choice("level", "loud", iter(["all", "muted"]))
    assert refused.value.details == {"fields": {"level": "One of all, muted, please."}}


@pytest.mark.parametrize("tag", ["en", "pt-BR", "az-Arab", "de-CH-1996", "zh-Hant-HK"])
def test_a_language_tag_is_taken(tag):
    assert checking.language(tag) == tag


@pytest.mark.parametrize("tag", ["", "e", "english language", "en_GB", "en-", "-en", "en\n", "en-" + "x" * 9, "a" * 36])
def test_what_is_no_language_tag_is_refused(tag):
    with pytest.raises(ValidationFailed):
        checking.language(tag)


def test_flags_mean_something():
    assert checking.flags("rights", 5, 7) == 5
    for value in (-1, 8, 9):
        with pytest.raises(ValidationFailed):
            checking.flags("rights", value, 7)


def test_a_person_is_there_and_active():
    there = somebody()
    assert checking.person("user", there.pk) == there
    for user_id in (somebody(is_active=False).pk, 10**15):
        with pytest.raises(ValidationFailed):
            checking.person("user", user_id)
