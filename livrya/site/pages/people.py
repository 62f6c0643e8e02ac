"""Signing up, in and out; profiles; settings."""

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from books.selectors import books as book_selectors
from livrya.accounts import selectors
from livrya.accounts.addresses import client_address
from livrya.accounts.models import User
from livrya.accounts.services import blocking
from livrya.accounts.services.access import change_password, sign_out_everywhere, sign_out_session
from livrya.accounts.services.following import follow as follow_person
from livrya.accounts.services.following import unfollow
from livrya.accounts.services.people import set_avatar, set_privacy, update_profile
from livrya.accounts.services.people import sign_up as make_account
from livrya.site.pages.devices import devices_of
from livrya.site.pages.people_forms import PasswordForm, PrivacyForm, ProfileForm, SignUpForm
from livrya.site.pages.requests import PersonRequest
from notifications import selectors as notification_selectors
from notifications import services as notification_services
from realtime.errors import ValidationFailed


def sign_up(request: HttpRequest) -> HttpResponse:
    """Makes an account and signs its owner in."""
    if request.user.is_authenticated:
        return redirect("home")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = make_account(
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password1"],
            display_name=form.cleaned_data["display_name"],
            email=form.cleaned_data["email"],
            address=client_address(request),
        )
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        target = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
        return redirect(target if safe else "home")
    return render(request, "pages/sign_up.html", {"form": form, "next": request.GET.get("next", "")})


def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person: what they say of themselves, and the books they work on that the visitor may see."""
    person = selectors.person(username)
    visitor = request.user
    return render(
        request,
        "pages/profile.html",
        {
            "person": person,
            "books": book_selectors.listed_books(visitor, author_id=person.pk),
            "follower_count": selectors.followers(person).count(),
            "is_following": isinstance(visitor, User) and selectors.follows(visitor, person),
            "is_blocked": isinstance(visitor, User) and selectors.blocks(visitor, person),
            "is_muted": isinstance(visitor, User) and selectors.mutes(visitor, person),
        },
    )


@login_required
@require_POST
def follow(request: PersonRequest, username: str) -> HttpResponse:
    person = selectors.person(username)
    act = unfollow if request.POST.get("follow") == "0" else follow_person
    act(actor=request.user, user=person)
    return redirect("profile", username=username)


_KEEPING_AWAY = {
    "block": blocking.block,
    "unblock": blocking.unblock,
    "mute": blocking.mute,
    "unmute": blocking.unmute,
}


@login_required
@require_POST
def keep_away(request: PersonRequest, username: str) -> HttpResponse:
    """Blocks, mutes, or no longer (`act`); leads back to the settings when it was done there."""
    act = _KEEPING_AWAY.get(request.POST.get("act", ""))
    if act:
        act(actor=request.user, user=selectors.person(username))
    return redirect("settings") if "settings" in request.POST else redirect("profile", username=username)


@login_required
def settings(request: PersonRequest) -> HttpResponse:
    """Profile, privacy, notifications, password and devices: one page, a form each."""
    user = request.user
    profile_form = ProfileForm(user=user)
    privacy_form = PrivacyForm(user=user)
    password_form = PasswordForm(user)
    # One form of several: nobody came here just to change the password.
    del password_form.fields["old_password"].widget.attrs["autofocus"]
    section = request.POST.get("section")
    if section == "profile":
        profile_form = ProfileForm(request.POST, request.FILES, user=user)
        if profile_form.is_valid():
            update_profile(
                actor=user,
                user=user,
                display_name=profile_form.cleaned_data["display_name"],
                bio=profile_form.cleaned_data["bio"],
            )
            if profile_form.cleaned_data["avatar"]:
                set_avatar(actor=user, user=user, upload=profile_form.cleaned_data["avatar"])
            return _saved(request)
    elif section == "privacy":
        privacy_form = PrivacyForm(request.POST, user=user)
        if privacy_form.is_valid():
            set_privacy(actor=user, user=user, **privacy_form.cleaned_data)
            return _saved(request)
    elif section == "password":
        password_form = PasswordForm(user, request.POST)
        if password_form.is_valid():
            try:
                changed = change_password(
                    actor=user,
                    user=user,
                    new_password=password_form.cleaned_data["new_password1"],
                    old_password=password_form.cleaned_data["old_password"],
                )
            except ValidationFailed as refusal:
                password_form.refuse(refusal)
            else:
                update_session_auth_hash(request, changed)
                return _saved(request)
    elif section == "notifications":
        wanted = set(request.POST.getlist("kind"))
        notification_services.set_preferences(actor=user, kinds=wanted)
        return _saved(request)
    elif section == "device":
        sign_out_session(actor=user, fingerprint=request.POST.get("fingerprint", ""))
        return redirect("settings")
    elif section == "devices":
        sign_out_everywhere(actor=user, user=user)
        return redirect("sign-in")
    return render(
        request,
        "pages/settings.html",
        {
            "profile_form": profile_form,
            "privacy_form": privacy_form,
            "password_form": password_form,
            "blocked_people": [block.blocked for block in selectors.blocked_people(user)],
            "muted_people": [mute.muted for mute in selectors.muted_people(user)],
            "devices": devices_of(user, request.session.session_key),
            "preferences": notification_selectors.preferences_of(user),
        },
    )


def _saved(request: PersonRequest) -> HttpResponse:
    messages.success(request, "Saved.")
    return redirect("settings")
