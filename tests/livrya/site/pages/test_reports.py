"""Reporting something to the moderators from its page."""

from django.test import Client

from social import limits
from social.models import Report
from social.services.reporting import report
from tests.livrya.accounts.people import person
from tests.livrya.site.pages.conftest import signed_in


def test_a_report_is_filed_from_its_page_and_what_is_not_there_cannot_be(library):
    client = signed_in(library.reader)
    address = f"/report/person/{library.author.pk}/"
    assert "Ines Marrow" in client.get(address).content.decode()
    assert "field--wrong" in client.post(address, {"reason": " "}).content.decode()
    answer = client.post(address, {"reason": "She is rude."}, follow=True)
    assert answer.redirect_chain == [("/people/ines/", 302)]
    assert "The moderators will look at it" in answer.content.decode()
    assert Report.objects.get().reason == "She is rude."
    assert client.get("/report/comment/999999/").status_code == 404
    assert client.get("/report/whale/1/").status_code == 400
    assert Client().get(address).status_code == 302


def test_what_has_been_reported_enough_is_said_and_not_reported_again(library, monkeypatch):
    monkeypatch.setattr(limits, "REPORTS_PER_TARGET", 1)
    report(actor=person("ada"), kind="person", target_id=library.author.pk, reason="Rude.")
    answer = signed_in(library.reader).post(
        f"/report/person/{library.author.pk}/", {"reason": "She is rude."}, follow=True
    )
    assert Report.objects.count() == 1
    assert answer.redirect_chain == [("/people/ines/", 302)]
    assert "The moderators know of this already" in answer.content.decode()
