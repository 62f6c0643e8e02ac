"""Groups where people talk: the list, a group, its door, and what its people do there."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

import realtime
from livrya.accounts import selectors as people
from livrya.site.pages.conversation import conversation
from livrya.site.pages.errors import ask_to_wait, came_from
from livrya.site.pages.requests import PersonRequest, whole_number
from livrya.site.pages.room_forms import RoomForm
from realtime.errors import ApplicationError, NotFound, RateLimited
from social.errors import Banned, NotInvited, RoomFull, RoomNotFound, WrongPassword
from social.events import GroupRoom
from social.models import Ban, Group, Role
from social.policies import outranks
from social.selectors import groups as selectors
from social.selectors.members import bans_in, listed_members
from social.services import groups as services
from social.services import invitations, members
from social.services.entering import join_group, leave_group
from social.services.messages import send_message
from social.services.reading import mark_read

ROOMS_PER_PAGE = 24
NAMESPACE = "/rooms"
"""What the pages of groups speak to, see `livrya.site.namespaces`."""


@login_required
def rooms(request: PersonRequest) -> HttpResponse:
    """The visitor's groups, what they are invited to, and the directory."""
    text = request.GET.get("q", "").strip()
    own_rooms = list(selectors.groups_of(request.user))
    own_ids = [membership.group_id for membership in own_rooms]
    found = selectors.public_groups(request.user, text=text)
    # One's own are listed above already; who searches looks through all.
    directory = Paginator(found if text else found.exclude(pk__in=own_ids), ROOMS_PER_PAGE)
    return render(
        request,
        "pages/rooms.html",
        {
            "namespace": NAMESPACE,
            "own_rooms": own_rooms,
            "own_ids": own_ids,
            "invitations": selectors.invitations_for(request.user),
            "directory": directory.get_page(request.GET.get("page")),
            "query": text,
            "form": RoomForm(),
        },
    )


@login_required
def new_room(request: PersonRequest) -> HttpResponse:
    form = RoomForm(request.POST or None)
    refused: ApplicationError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(services.create_group(actor=request.user, **form.description_of()).address)
        except ApplicationError as refusal:
            form.refuse(refusal)
            refused = refusal
    status = refused.http_status if isinstance(refused, RateLimited) else 200
    return ask_to_wait(render(request, "pages/room_form.html", {"form": form}, status=status), refused)


@login_required
def room(request: PersonRequest, slug: str) -> HttpResponse:
    """The conversation for members; for others the door."""
    with realtime.snapshot() as snapshot:
        group = _known(request, slug)
        own = group.__dict__["own"]
        if own is None:
            return _door(request, group)
        stream = GroupRoom(group.pk)
        context = conversation(request.user, group, before=whole_number(request.GET.get("before")) or None) | {
            "namespace": NAMESPACE,
            "positions": {stream.name: snapshot.position(stream)},
            "room": stream.name,
            "own_rooms": selectors.groups_of(request.user),
        }
    return render(request, "pages/room.html", context)


@login_required
@require_POST
def join(request: PersonRequest, slug: str) -> HttpResponse:
    """Becomes a member, or says at the door why not."""
    group = _known(request, slug)
    try:
        join_group(
            actor=request.user,
            group_id=group.pk,
            password=request.POST.get("password"),
            invite=request.POST.get("invite"),
        )
    except (RoomFull, WrongPassword, Banned, NotInvited, RateLimited) as refusal:
        return _door(request, group, refusal)
    return redirect(group.address)


@login_required
def settings(request: PersonRequest, slug: str) -> HttpResponse:
    """What the group is called, who gets in, who does not."""
    group = _known(request, slug)
    own = group.__dict__["own"]
    if own is None:
        return redirect(group.address)
    form = RoomForm(request.POST or None, group=group)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_group(actor=request.user, group_id=group.pk, **form.description_of())
            messages.success(request, "Saved.")
            return redirect(group.address)
        except ApplicationError as refusal:
            form.refuse(refusal)
    return render(
        request,
        "pages/room_settings.html",
        {
            "group": group,
            "own": own,
            "form": form,
            "owns": own.role == Role.OWNER,
            "moderates": own.moderates,
            "may_invite": own.moderates or not group.restrict_invitations,
            "invitations": selectors.invitations_to(request.user, group.pk) if own.moderates else [],
            "below": [member for member in listed_members(group) if outranks(own, member)] if own.moderates else [],
            "bans": bans_in(request.user, group.pk) if own.moderates else [],
            "waits": WAITS,
        },
    )


WAITS = ((0, "Off"), (5, "5 seconds"), (30, "30 seconds"), (60, "1 minute"), (300, "5 minutes"), (3600, "1 hour"))


@login_required
@require_POST
def act(request: PersonRequest, slug: str) -> HttpResponse:
    """Does one thing in a group without scripts: the button that was pressed says which."""
    group = _known(request, slug)
    doing = _ACTS.get(request.POST.get("act", ""))
    if doing is None:
        raise NotFound("There is no such button.")
    return redirect(doing(request, group) or came_from(request, otherwise=group.address))


def _say(request: PersonRequest, group: Group) -> str:
    message = send_message(
        actor=request.user,
        group_id=group.pk,
        text=request.POST.get("text", ""),
        reply_to_id=whole_number(request.POST.get("reply_to")) or None,
    )
    return f"{group.address}#message-{message.number}"


def _read(request: PersonRequest, group: Group) -> None:
    mark_read(actor=request.user, group_id=group.pk, number=group.last_number)


def _leave(request: PersonRequest, group: Group) -> str:
    leave_group(actor=request.user, group_id=group.pk)
    return reverse("rooms")


def _end(request: PersonRequest, group: Group) -> str:
    services.delete_group(actor=request.user, group_id=group.pk)
    messages.success(request, f"{group.name} has ended.")
    return reverse("rooms")


def _decline(request: PersonRequest, group: Group) -> str:
    invitations.end_invitation(actor=request.user, group_id=group.pk, user_id=request.user.pk)
    return reverse("rooms")


def _invite(request: PersonRequest, group: Group) -> None:
    invited = people.person(request.POST.get("username", "").strip().removeprefix("@"))
    invitations.invite_person(actor=request.user, group_id=group.pk, user_id=invited.pk)
    messages.success(request, f"{invited} is invited.")


def _link(request: PersonRequest, group: Group) -> None:
    _, token = invitations.make_link(actor=request.user, group_id=group.pk)
    address = request.build_absolute_uri(f"{group.address}?invite={token}")
    messages.success(request, f"For a week, this link opens the room: {address}")


def _uninvite(request: PersonRequest, group: Group) -> None:
    invitations.end_invitation(actor=request.user, group_id=group.pk, user_id=whole_number(request.POST.get("user")))


def _end_link(request: PersonRequest, group: Group) -> None:
    invitations.end_link(actor=request.user, invitation_id=whole_number(request.POST.get("invitation")))


def _slow(request: PersonRequest, group: Group) -> None:
    services.set_slow_mode(actor=request.user, group_id=group.pk, seconds=whole_number(request.POST.get("seconds")))


def _kick(request: PersonRequest, group: Group) -> None:
    members.kick_member(actor=request.user, group_id=group.pk, user_id=whole_number(request.POST.get("user")))


def _ban(request: PersonRequest, group: Group) -> None:
    members.ban_user(actor=request.user, group_id=group.pk, user_id=whole_number(request.POST.get("user")))


def _unban(request: PersonRequest, group: Group) -> None:
    members.unban_user(actor=request.user, group_id=group.pk, user_id=whole_number(request.POST.get("user")))


def _role(request: PersonRequest, group: Group) -> None:
    role = request.POST.get("role", "")
    members.set_role(actor=request.user, group_id=group.pk, user_id=whole_number(request.POST.get("user")), role=role)


_ACTS: dict[str, Callable[[PersonRequest, Group], str | None]] = {
    "say": _say,
    "read": _read,
    "leave": _leave,
    "end": _end,
    "decline": _decline,
    "invite": _invite,
    "uninvite": _uninvite,
    "link": _link,
    "end-link": _end_link,
    "slow": _slow,
    "kick": _kick,
    "ban": _ban,
    "unban": _unban,
    "role": _role,
}


def _known(request: PersonRequest, slug: str) -> Group:
    """Returns the group of an address with `own`, the visitor's membership; a link opens private ones too."""
    token = request.GET.get("invite") or request.POST.get("invite") or ""
    try:
        return selectors.group_for(request.user, slug=slug)
    except RoomNotFound:
        if not token:
            raise
    group = selectors.group_behind(token)
    if group.slug != slug:
        raise RoomNotFound
    group.__dict__["own"] = None
    return group


def _door(request: PersonRequest, group: Group, refusal: ApplicationError | None = None) -> HttpResponse:
    banned = isinstance(refusal, Banned) or Ban.objects.filter(group=group, user=request.user).exists()
    full = group.max_users is not None and group.member_count >= group.max_users
    invited = selectors.invitations_for(request.user).filter(group=group).first()
    context: dict[str, Any] = {
        "namespace": NAMESPACE,
        "group": group,
        "banned": banned,
        "full": full and not banned,
        "invited": invited,
        "invite": request.GET.get("invite") or request.POST.get("invite") or "",
        "refusal": refusal,
    }
    page = render(request, "pages/room_door.html", context, status=refusal.http_status if refusal else 200)
    return ask_to_wait(page, refusal)
