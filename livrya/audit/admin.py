"""The record of staff's acts, for staff to read."""

from django.contrib import admin
from django.http import HttpRequest

from livrya.audit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Nobody adds, changes or deletes what is written here."""

    list_display = ["created_at", "actor_name", "act", "target"]
    list_filter = ["act"]
    search_fields = ["actor_name", "target"]
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False
