"""Django admin that writes through services, so that whatever staff do is published like anything else."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.checks import CheckMessage, Error
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from realtime.errors import ApplicationError, Conflict, RateLimited
from realtime.log.writing import atomic

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _InlineModelAdmin = InlineModelAdmin[Any, Any]
    Form = ModelForm[Any]
    FormSet = BaseInlineFormSet[Any, Any, Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _InlineModelAdmin = InlineModelAdmin
    Form = ModelForm
    FormSet = BaseInlineFormSet

_REFUSAL = "_service_refusal"


class _Writes:
    """The three ways in which the admin writes; each answers with a service call, never with `save()`.

    `form.cleaned_data` has the input and `form.changed_data` the names of the fields that differ. A service's
    ApplicationError becomes an error in the form, everything of the request having been rolled back.
    """

    def create_object(self, request: HttpRequest, form: Form, parent: Model | None) -> Model:
        """Creates what the form describes and returns it. `parent` is the page's object for an inline."""
        raise NotImplementedError

    def change_object(self, request: HttpRequest, stored: Any, form: Form) -> None:
        """Changes `stored`, which is as in the database, to what the form says."""
        raise NotImplementedError

    def remove_object(self, request: HttpRequest, stored: Any) -> None:
        """Deletes `stored`."""
        raise NotImplementedError


class ServiceAdmin(_Writes, _ModelAdmin):
    """A ModelAdmin whose every way of writing goes through `create_object`, `change_object`, `remove_object`.

    A submitted form with its inlines is one transaction, opened here by `atomic()`: Django's admin
    opens one of its own, in which events could not be emitted. Bulk deletion takes a transaction for each
    object. Without one of the three methods, withhold the permission (`has_add_permission`, …).
    """

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().add_view(request, form_url, extra_context)
        with atomic():
            return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except ApplicationError as refusal:
            # The second pass writes nothing: get_form makes a form that the refusal has turned invalid.
            setattr(request, _REFUSAL, refusal)
            for name in request.FILES:
                for upload in request.FILES.getlist(name):
                    upload.seek(0)
            with atomic():
                response = super().changeform_view(request, object_id, form_url, extra_context)
            if isinstance(refusal, RateLimited):
                response.status_code = refusal.http_status
                response.headers["Retry-After"] = str(math.ceil((refusal.retry_after_ms or 0) / 1000))
            return response

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        try:
            with atomic():
                return super().delete_view(request, object_id, extra_context)
        except ApplicationError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[object_id]))

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:  # type: ignore[override]  # the stubs forget None
        try:
            return super().response_action(request, queryset)
        except ApplicationError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Form]:
        form_class = super().get_form(request, obj, change=change, **kwargs)
        refusal: ApplicationError | None = getattr(request, _REFUSAL, None)
        return _refused(form_class, refusal) if refusal else form_class

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            self.change_object(request, _stored(obj), form)
        else:
            # The admin goes on with `obj`, so it becomes the created one.
            obj.pk = self.create_object(request, form, None).pk
            obj._state.adding = False
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:
        # Not form.save_m2m(): many-to-many values reach the services in cleaned_data.
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        inline: ServiceInline = formset.service_inline
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        removed = set(formset.deleted_forms) if formset.can_delete else set()
        for row in formset.initial_forms:
            if row in removed:
                inline.remove_object(request, _stored(row.instance))
                formset.deleted_objects.append(row.instance)
            elif row.has_changed():
                inline.change_object(request, _stored(row.instance), row)
                formset.changed_objects.append((row.instance, row.changed_data))
        for row in formset.extra_forms:
            if row.has_changed() and row not in removed:
                formset.new_objects.append(inline.create_object(request, row, form.instance))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._remove(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        refusals = []
        for obj in queryset:
            try:
                with atomic():
                    self._remove(request, obj)
            except ApplicationError as refusal:
                refusals.append(f"{obj}: {refusal}")
        if refusals:
            raise Conflict(f"Not deleted: {' '.join(refusals)}")

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        # The admin logs before it deletes, refused or not; _remove logs what really goes.
        return None

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        errors: list[CheckMessage] = list(super().check(**kwargs))
        if self.list_editable:
            errors.append(
                Error(
                    "list_editable writes many objects in a transaction of Django's, past the services.",
                    obj=type(self),
                    id="realtime.E101",
                )
            )
        return errors + [
            Error(f"{inline.__name__} must derive from ServiceInline.", obj=type(self), id="realtime.E102")
            for inline in self.inlines
            if not issubclass(inline, ServiceInline)
        ]

    def _remove(self, request: HttpRequest, obj: Any) -> None:
        super().log_deletions(request, type(obj)._default_manager.filter(pk=obj.pk))
        self.remove_object(request, obj)


class ServiceInline(_Writes, _InlineModelAdmin):
    """Mixin for the inlines of a ServiceAdmin: `class Chapters(ServiceInline, admin.TabularInline)`."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> type[FormSet]:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.service_inline = self
        return formset  # type: ignore[no-any-return]  # only the attribute was added


def _stored(obj: Any) -> Any:
    """Returns the object as the database has it: the form has already written its values into `obj`."""
    return type(obj)._default_manager.get(pk=obj.pk)


def _refused(form_class: type[Form], refusal: ApplicationError) -> type[Form]:
    """Returns the form class whose bound forms carry the refusal as errors."""

    def full_clean(self: Any) -> None:
        form_class.full_clean(self)
        if not self.is_bound:
            return
        fields: dict[str, str] = (refusal.details or {}).get("fields") or {}
        known = {name: text for name, text in fields.items() if name in self.fields}
        for name, text in known.items():
            self.add_error(name, text)
        if not known:
            self.add_error(None, str(refusal))

    return type(form_class.__name__, (form_class,), {"full_clean": full_clean})
