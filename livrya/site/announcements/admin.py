"""Announcements for staff: made here, or withdrawn; never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from livrya.site.announcements import services
from livrya.site.announcements.models import Announcement
from realtime.admin import ServiceAdmin


@admin.register(Announcement)
class AnnouncementAdmin(ServiceAdmin):
    list_display = ["text", "author", "created_at", "until", "withdrawn_at"]
    fields = ["text", "until"]
    actions = ["withdraw"]

    def has_change_permission(self, request: HttpRequest, obj: Announcement | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Announcement | None = None) -> bool:
        return False

    def create_object(self, request: HttpRequest, form: Any, parent: Any) -> Announcement:
        return services.announce(actor=request.user, text=form.cleaned_data["text"], until=form.cleaned_data["until"])  # type: ignore[arg-type]  # staff, signed in

    @admin.action(description="Withdraw the selected announcements", permissions=["add"])
    def withdraw(self, request: HttpRequest, queryset: Any) -> None:
        for announcement in queryset:
            services.withdraw(actor=request.user, announcement_id=announcement.pk)  # type: ignore[arg-type]  # staff, signed in
