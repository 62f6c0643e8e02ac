"""What people were notified of, to look at: nobody writes notifications by hand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from notifications.models import FanOut, Notification


class _ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Notification)
class NotificationAdmin(_ReadOnly):
    list_display = ("recipient", "kind", "message", "count", "occurred_at", "read_at")
    list_filter = ("kind",)
    list_select_related = ("recipient",)
    search_fields = ("recipient__username", "cause")
    show_full_result_count = False


@admin.register(FanOut)
class FanOutAdmin(_ReadOnly):
    list_display = ("cause", "audience", "key", "told", "reached", "created_at", "finished_at")
    search_fields = ("cause",)
    show_full_result_count = False
