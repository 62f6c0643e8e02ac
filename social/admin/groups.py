"""Groups for staff: described, ended; their messages removed. What is said in private ones is not shown."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from books.admin.staff import Form, LibraryAdmin, WrittenElsewhere, actor
from realtime.admin import ServiceInline
from social.models import Ban, Group, Membership, Message
from social.services import groups as services
from social.services.messages import delete_message

_DESCRIPTION = ("name", "description", "is_private", "max_users", "restrict_invitations")
_EXCERPT = 100


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    new_password = forms.CharField(required=False, help_text="Leave empty to keep what there is.")
    remove_password = forms.BooleanField(required=False)

    class Meta:
        model = Group
        fields = (*_DESCRIPTION, "persistent", "auto_delete")


class Looked(WrittenElsewhere):
    """Mixin for rows that are looked at beside their group, and changed by its people alone."""

    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MembershipInline(Looked, ServiceInline, admin.TabularInline):  # type: ignore[type-arg]  # generic for the type checker alone
    model = Membership
    fields = readonly_fields = ("user", "role", "joined_at", "present_until")


class BanInline(Looked, ServiceInline, admin.TabularInline):  # type: ignore[type-arg]  # generic for the type checker alone
    model = Ban
    fields = readonly_fields = ("user", "banned_by", "reason", "created_at")


@admin.register(Group)
class GroupAdmin(LibraryAdmin):
    """Deleting ends the group: it is kept here, and is gone for everybody else."""

    form = GroupForm
    readonly_fields = (
        "slug",
        "creator",
        "has_password",
        "member_count",
        "last_number",
        "slow_seconds",
        "last_activity_at",
        "created_at",
        "ended_at",
        "end_reason",
    )
    list_display = ("name", "creator", "is_private", "persistent", "member_count", "last_activity_at", "ended_at")
    list_filter = ("is_private", "persistent", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("creator",)
    search_fields = ("name", "description", "creator__username")

    def get_inlines(self, request: HttpRequest, obj: Group | None) -> Any:
        return (MembershipInline, BanInline) if obj else ()

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        if obj is None:
            return (*_DESCRIPTION, "new_password", "persistent", "auto_delete")
        return (*_DESCRIPTION, "new_password", "remove_password", *self.get_readonly_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return ("persistent", "auto_delete", *self.readonly_fields) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.ended_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.ended_at is None)

    def create_object(self, request: HttpRequest, form: Form, parent: Model | None) -> Group:
        given = form.cleaned_data
        return services.create_group(
            actor=actor(request),
            password=given["new_password"],
            persistent=given["persistent"],
            auto_delete=given["auto_delete"],
            **{name: given[name] for name in _DESCRIPTION},
        )

    def change_object(self, request: HttpRequest, stored: Group, form: Form) -> None:
        given: Any = {name: form.cleaned_data[name] for name in form.changed_data if name in _DESCRIPTION}
        if form.cleaned_data["new_password"] or form.cleaned_data["remove_password"]:
            given["password"] = form.cleaned_data["new_password"]
        if given:
            services.update_group(actor=actor(request), group_id=stored.pk, **given)

    def remove_object(self, request: HttpRequest, stored: Group) -> None:
        services.delete_group(actor=actor(request), group_id=stored.pk, reason="A moderator of Livrya ended it.")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Nothing hangs on it that would go: the group ends, and its rows are kept."""
        return [str(group) for group in objs], {"groups": len(objs)}, set(), []


@admin.register(Message)
class MessageAdmin(WrittenElsewhere, LibraryAdmin):
    """Deleting leaves the place, without the words. A report shows what a private message says; this does not."""

    list_display = ("group", "number", "sender", "says", "created_at", "deleted_at")
    list_filter = (("deleted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("group", "sender")
    search_fields = ("group__name", "sender__username")
    fields = ("group", "number", "sender", "says", "created_at", "edited_at", "deleted_at")
    readonly_fields = ("says",)

    @admin.display(description="text")
    def says(self, message: Message) -> str:
        return "(private)" if message.group.is_private else message.text[:_EXCERPT]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The row is kept, so nothing that hangs on it goes but its files and reactions."""
        return [f"{message.group} #{message.number}" for message in objs], {"messages": len(objs)}, set(), []

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.deleted_at is None)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        found: QuerySet[Message] = super().get_queryset(request)
        return found.select_related("group", "sender")

    def remove_object(self, request: HttpRequest, stored: Message) -> None:
        delete_message(actor=actor(request), message_id=stored.pk)
