"""Rooms and what is done in them, without scripts."""

import pytest
from django.test import Client

from social.models import Ban, Group, Invitation, Membership, Message
from social.services.invitations import invite_person, make_link
from social.services.members import ban_user
from tests.livrya.site.pages.conftest import signed_in
from tests.social import rooms


@pytest.fixture
def group(library):
    return rooms.group(library.author, name="Oil and wick", description="Theories welcome.")


def post(person, group, act, came_from="", **fields):
    return signed_in(person).post(f"{group.address}act/", {"act": act} | fields, headers={"referer": came_from})


def test_rooms_are_for_people_who_are_signed_in(library, group):
    for path in ("/rooms/", "/rooms/new/", group.address, f"{group.address}settings/"):
        assert Client().get(path).headers["Location"].startswith("/sign-in/")


def test_the_list_has_ones_own_with_what_is_new_and_the_open_ones(library, group):
    other = rooms.group(name="Elsewhere")
    rooms.group(name="Nobody's business", is_private=True)
    rooms.member_of(group, library.reader)
    rooms.message(group)
    page = signed_in(library.reader).get("/rooms/").content.decode()
    own, _, directory = page.partition('id="directory"')
    assert "Oil and wick" in own
    assert "1<span" in own.partition("data-unread")[2][:60]
    assert other.name in directory
    assert "Oil and wick" not in directory
    assert "Nobody" not in page
    found = signed_in(library.reader).get("/rooms/?q=theories").content.decode().partition('id="directory"')[2]
    assert "Oil and wick" in found
    assert other.name not in found


def test_a_room_is_made_changed_and_ended(library):
    client = signed_in(library.reader)
    made = client.post("/rooms/new/", {"name": "Night watch", "lasts": "creator", "password": "wick", "max_users": "4"})
    group = Group.objects.get(name="Night watch")
    assert made.headers["Location"] == group.address
    assert (group.persistent, group.auto_delete, group.has_password, group.max_users) == (False, True, True, 4)
    settings = f"{group.address}settings/"
    client.post(settings, {"name": "Day watch", "max_users": ""})
    group.refresh_from_db()
    assert (group.name, group.max_users, group.has_password) == ("Day watch", None, True)
    client.post(settings, {"name": "Day watch", "no_password": "on"})
    group.refresh_from_db()
    assert not group.has_password
    answer = client.post(settings, {"name": "Day watch", "max_users": "1"})
    assert answer.status_code == 200
    assert "field__errors" in answer.content.decode()
    client.post(f"{group.address}act/", {"act": "end"})
    assert client.get(group.address).status_code == 404


@pytest.mark.parametrize(
    ("description", "fields", "status", "sentence"),
    [
        ({}, {}, 302, ""),
        ({"password": "wick"}, {"password": "oil"}, 403, "not the password"),
        ({"password": "wick"}, {"password": "wick"}, 302, ""),
        ({"max_users": 2}, {}, 409, "full"),
    ],
)
def test_the_door_opens_or_says_why_not(library, description, fields, status, sentence):
    group = rooms.group(library.author, **description)
    if "max_users" in description:
        rooms.member_of(group)
    answer = signed_in(library.reader).post(f"{group.address}join/", fields)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert Membership.objects.filter(group=group, user=library.reader).exists() == (status == 302)


def test_a_private_room_is_there_for_who_is_invited_or_has_the_link(library):
    group = rooms.group(library.author, is_private=True)
    client = signed_in(library.reader)
    assert client.get(group.address).status_code == 404
    _, token = make_link(actor=library.author, group_id=group.pk)
    assert "Join" in client.get(f"{group.address}?invite={token}").content.decode()
    assert client.get(f"{group.address}?invite=odd").status_code == 404
    assert client.get(f"{rooms.group(is_private=True).address}?invite={token}").status_code == 404
    client.post(f"{group.address}join/", {"invite": token})
    assert Membership.objects.filter(group=group, user=library.reader).exists()
    second = rooms.group(library.author, is_private=True, name="Second")
    invite_person(actor=library.author, group_id=second.pk, user_id=library.reader.pk)
    assert "invites you to" in client.get("/rooms/").content.decode()
    assert "has invited you" in client.get(second.address).content.decode()
    post(library.reader, second, "decline")
    assert client.get(second.address).status_code == 404


def test_who_is_banned_reads_that_the_room_is_closed(library, group):
    ban_user(actor=library.author, group_id=group.pk, user_id=library.reader.pk)
    page = signed_in(library.reader).get(group.address).content.decode()
    assert "have closed it to you" in page
    assert "door__sign" in page
    assert ">Join<" not in page


def test_talking_and_reading_without_scripts(library, group):
    rooms.member_of(group, library.reader)
    rooms.message(group, text="Who lit <b>it</b>? https://example.org/")
    page = signed_in(library.reader).get(group.address).content.decode()
    assert "Who lit &lt;b&gt;it&lt;/b&gt;?" in page
    assert 'href="https://example.org/" rel="nofollow"' in page
    answer = post(library.reader, group, "say", text="I did.")
    assert answer.headers["Location"] == f"{group.address}#message-2"
    rooms.message(group)
    assert Membership.objects.get(group=group, user=library.reader).read_number == 2
    post(library.reader, group, "read")
    assert Membership.objects.get(group=group, user=library.reader).read_number == 3
    post(library.reader, group, "leave")
    assert not Membership.objects.filter(group=group, user=library.reader).exists()


def test_older_messages_have_pages_of_their_own(library, group):
    for _ in range(60):
        rooms.message(group)
    client = signed_in(library.author)
    newest = client.get(group.address).content.decode()
    assert 'id="message-11"' in newest
    assert 'id="message-10"' not in newest
    assert "?before=11" in newest
    older = client.get(f"{group.address}?before=11").content.decode()
    assert 'id="message-1"' in older
    assert "The newest messages" in older


def test_moderators_act_and_members_do_not(library, group):
    member = rooms.member_of(group)
    rooms.member_of(group, library.reader)
    for act in ("kick", "ban", "slow", "end", "role"):
        post(library.reader, group, act, user=member.pk, seconds="30", role="owner")
    group.refresh_from_db()
    assert (group.member_count, group.slow_seconds, group.ended_at) == (3, 0, None)
    post(library.author, group, "slow", seconds="30")
    post(library.author, group, "role", user=library.reader.pk, role="moderator")
    post(library.author, group, "ban", user=member.pk)
    group.refresh_from_db()
    assert (group.member_count, group.slow_seconds) == (2, 30)
    assert Membership.objects.get(group=group, user=library.reader).role == "moderator"
    assert "Kept out" in signed_in(library.reader).get(f"{group.address}settings/").content.decode()
    post(library.author, group, "unban", user=member.pk)
    assert not Ban.objects.exists()


def test_settings_offer_what_one_may_do_about_whom(library, group):
    member = rooms.member_of(group)
    rooms.member_of(group, library.reader)

    def offered(person):
        return signed_in(person).get(f"{group.address}settings/").content.decode()

    assert f"About {member}" in offered(library.author)
    assert "Hand over the room" in offered(library.author)
    assert f"About {library.author}" not in offered(library.author)
    assert "Take out" not in offered(member)
    post(library.author, group, "role", user=library.reader.pk, role="moderator")
    assert "No moderator any more" in offered(library.author)
    assert f"About {member}" in offered(library.reader)
    assert "Hand over the room" not in offered(library.reader)


def test_inviting_by_name_and_by_link(library, group):
    settings = f"http://testserver{group.address}settings/"
    answer = post(library.author, group, "invite", came_from=settings, username="@tom")
    assert answer.headers["Location"] == settings
    assert post(library.author, group, "link").headers["Location"] == group.address
    assert Invitation.objects.filter(group=group).count() == 2
    page = signed_in(library.author).get(f"{group.address}settings/").content.decode()
    assert "asked by" in page
    for invitation in Invitation.objects.all():
        ended = {"user": invitation.user_id} if invitation.user_id else {"invitation": invitation.pk}
        post(library.author, group, "uninvite" if invitation.user_id else "end-link", **ended)
    assert not Invitation.objects.exists()
    assert post(library.author, group, "invite", username="nobody-at-all").status_code == 404
    assert post(library.author, group, "dance").status_code == 404


def test_a_room_takes_as_many_queries_whatever_is_said(library, group, django_assert_max_num_queries):
    client = signed_in(library.author)

    def queries():
        with django_assert_max_num_queries(40) as counted:
            assert client.get(group.address).status_code == 200
        return len(counted)

    rooms.message(group, text="/books/the-lamp-room/1/")
    few = queries()
    for _ in range(5):
        rooms.member_of(group)
    for number in range(20):
        rooms.message(group, text=f"/books/the-lamp-room/{number % 2 + 1}/ @tom")
    assert queries() == few
    assert Message.objects.count() == 21
