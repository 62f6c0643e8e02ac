"""People in the admin; whatever staff change goes through the services."""

from copy import copy
from functools import partial
from typing import Any, TypeAlias

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from livrya.accounts import policies
from livrya.accounts.models import Block, Follow, Mute, User
from livrya.accounts.services import access, blocking, following, people
from realtime.admin import ServiceAdmin

Form: TypeAlias = "ModelForm[Any]"


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]  # generic for the type checker alone
    """Sets a password through the service, which ends every sign-in made with the one before."""

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields.pop("usable_password", None)
        for name in ("password1", "password2"):
            self.fields[name].required = True

    def save(self, commit: bool = True) -> User:
        return access.change_password(actor=self.actor, user=self.user, new_password=self.cleaned_data["password1"])


@admin.register(User)
class PeopleAdmin(ServiceAdmin, UserAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    """Roles and open or closed accounts are actions, each a decision of its own."""

    add_form = UserCreationForm
    change_password_form = PasswordForm
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Profile", {"fields": ("display_name", "bio", "email")}),
        ("Their own choice", {"fields": ("hide_online", "hide_reading", "hide_typing")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "password1", "password2")}),)
    readonly_fields = (
        "hide_online",
        "hide_reading",
        "hide_typing",
        "is_active",
        "is_staff",
        "is_superuser",
        "last_login",
        "date_joined",
    )
    filter_horizontal = ("groups",)
    list_display = ("username", "display_name", "email", "is_active", "is_staff", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active")
    search_fields = ("username", "display_name", "email")
    actions = ("close_accounts", "open_accounts", "end_sign_ins", "make_staff", "end_staff")

    def create_object(self, request: HttpRequest, form: Form, parent: Model | None) -> User:
        given = form.cleaned_data
        return people.sign_up(actor=_actor(request), username=given["username"], password=given["password1"])

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        if self.get_object(request, unquote(id)) == request.user:
            return redirect("admin:password_change")  # which asks for the old one
        # Django hands the form no request: a view for this one knows who is there.
        view = copy(self)
        view.change_password_form = partial(PasswordForm, actor=_actor(request))  # type: ignore[assignment]  # made like it
        return super(PeopleAdmin, view).user_change_password(request, id, form_url)

    def change_object(self, request: HttpRequest, stored: User, form: Form) -> None:
        actor = _actor(request)
        given = form.cleaned_data
        changed = set(form.changed_data)
        if profile := changed & {"display_name", "bio", "email"}:
            people.update_profile(actor=actor, user=stored, **{name: given[name] for name in profile})
        if "groups" in changed:
            access.set_groups(actor=actor, user=stored, groups=given["groups"])

    def remove_object(self, request: HttpRequest, stored: User) -> None:
        access.delete_account(actor=_actor(request), user=stored)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fixed = ("username",) if obj else ()
        groups = () if _actor(request).is_superuser else ("groups",)
        return (*self.readonly_fields, *fixed, *groups)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or policies.may_edit(_actor(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or policies.may_edit(_actor(request), obj, policies.DELETE))

    @admin.action(description="Close the accounts", permissions=["change"])
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            access.deactivate(actor=_actor(request), user=user)
        self.message_user(request, "Closed.", messages.SUCCESS)

    @admin.action(description="Open the accounts again", permissions=["change"])
    def open_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            access.reactivate(actor=_actor(request), user=user)
        self.message_user(request, "Opened.", messages.SUCCESS)

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def end_sign_ins(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            access.sign_out_everywhere(actor=_actor(request), user=user)
        self.message_user(request, "Signed out.", messages.SUCCESS)

    @admin.action(description="Make staff", permissions=["change"])
    def make_staff(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._set_staff(request, queryset, True)

    @admin.action(description="No longer staff", permissions=["change"])
    def end_staff(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._set_staff(request, queryset, False)

    def _set_staff(self, request: HttpRequest, queryset: QuerySet[User], is_staff: bool) -> None:
        for user in queryset:
            access.set_role(
                actor=_actor(request), user=user, is_staff=is_staff, is_superuser=is_staff and user.is_superuser
            )
        self.message_user(request, "Done.", messages.SUCCESS)


class RightsAdmin(ServiceAdmin):
    """Groups of staff rights; for superusers."""

    fields = ("name", "permissions")
    filter_horizontal = ("permissions",)
    search_fields = ("name",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return policies.may_give_rights(_actor(request))

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def create_object(self, request: HttpRequest, form: Form, parent: Model | None) -> Group:
        return access.save_rights(actor=_actor(request), **form.cleaned_data)

    def change_object(self, request: HttpRequest, stored: Group, form: Form) -> None:
        if form.changed_data:
            access.save_rights(actor=_actor(request), group=stored, **form.cleaned_data)

    def remove_object(self, request: HttpRequest, stored: Group) -> None:
        access.delete_rights(actor=_actor(request), group=stored)


admin.site.unregister(Group)
admin.site.register(Group, RightsAdmin)


class BetweenPeopleAdmin(ServiceAdmin):
    """What one person has made of another: to look at, and to end."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Follow)
class FollowAdmin(BetweenPeopleAdmin):
    """Who follows whom."""

    list_display = ("follower", "followed", "created_at")
    list_select_related = ("follower", "followed")
    search_fields = ("follower__username", "followed__username")

    def remove_object(self, request: HttpRequest, stored: Follow) -> None:
        following.end_follow(actor=_actor(request), follow=stored)


@admin.register(Block)
class BlockAdmin(BetweenPeopleAdmin):
    """Who has blocked whom."""

    list_display = ("blocker", "blocked", "created_at")
    list_select_related = ("blocker", "blocked")
    search_fields = ("blocker__username", "blocked__username")

    def remove_object(self, request: HttpRequest, stored: Block) -> None:
        blocking.end_block(actor=_actor(request), block=stored)


@admin.register(Mute)
class MuteAdmin(BetweenPeopleAdmin):
    """Who has muted whom."""

    list_display = ("muter", "muted", "created_at")
    list_select_related = ("muter", "muted")
    search_fields = ("muter__username", "muted__username")

    def remove_object(self, request: HttpRequest, stored: Mute) -> None:
        blocking.end_mute(actor=_actor(request), mute=stored)


def _actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user
