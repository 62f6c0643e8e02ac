"""An admin that writes through services: what it calls, what it shows of a refusal, and what it forbids."""

from typing import Any

import pytest
from django.contrib.admin import AdminSite, TabularInline
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from realtime.admin import ServiceAdmin, ServiceInline
from realtime.errors import ApplicationError, Conflict, RateLimited

pytestmark = pytest.mark.django_db(transaction=True)


class Clerk:
    """Staff who may do everything."""

    is_active = is_staff = is_authenticated = True
    pk = 1

    def has_perm(self, name: str, obj: object = None) -> bool:
        return True


class Site(AdminSite):
    """One without Django's own log, whose app is not installed here."""

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {}


class Groups(ServiceAdmin):
    """Groups of people, written by services of their own, which may refuse."""

    fields = ("name",)

    def __init__(self) -> None:
        super().__init__(Group, Site())
        self.calls: list[tuple[object, ...]] = []
        self.said: list[str] = []
        self.refusal: ApplicationError | None = None
        self.logged: list[str] = []

    # The services

    def create_object(self, request: HttpRequest, form: Any, parent: Any) -> Group:
        self.calls.append(("create", form.cleaned_data["name"]))
        created = Group.objects.create(name=form.cleaned_data["name"].title())
        self._refuse()
        return created

    def change_object(self, request: HttpRequest, stored: Any, form: Any) -> None:
        self.calls.append(("change", stored.name, form.cleaned_data["name"], form.changed_data))
        Group.objects.filter(pk=stored.pk).update(name=form.cleaned_data["name"])
        self._refuse()

    def remove_object(self, request: HttpRequest, stored: Any) -> None:
        self.calls.append(("remove", stored.name))
        if stored.name == "kept":
            raise Conflict("It is needed.")
        stored.delete()
        self._refuse()

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    # Where Django's admin would show pages and write its own log

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(str(dict(context["adminform"].form.errors)))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return HttpResponse(f"added {obj.pk}", status=201)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponse(f"changed to {obj.name}")

    def log_addition(self, *args: Any) -> None: ...

    def log_change(self, *args: Any) -> None: ...

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **kwargs: Any) -> None:
        self.said.append(str(message))


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> Groups:
    made = Groups()

    def logged(admin: Any, request: HttpRequest, queryset: Any) -> None:
        made.logged.extend(queryset.values_list("name", flat=True))

    monkeypatch.setattr("django.contrib.admin.ModelAdmin.log_deletions", logged, raising=False)
    return made


def posted(**values: str) -> HttpRequest:
    request = RequestFactory().post("/admin/", values)
    request.user = Clerk()  # type: ignore[assignment]  # as much of one as is asked here
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # as Django's own client
    return request


def test_what_is_added_is_what_the_service_made(groups: Groups) -> None:
    answer = groups.add_view(posted(name="readers"))
    made = Group.objects.get()
    assert (answer.status_code, answer.content.decode()) == (201, f"added {made.pk}")
    assert groups.calls == [("create", "readers")]
    assert made.name == "Readers"


def test_a_change_is_told_with_what_was_there_before(groups: Groups) -> None:
    group = Group.objects.create(name="readers")
    answer = groups.changeform_view(posted(name="writers"), str(group.pk))
    assert answer.content == b"changed to writers"
    assert groups.calls == [("change", "readers", "writers", ["name"])]


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        (Conflict("Not today."), "{'__all__': ['Not today.']}"),
        (Conflict("No.", details={"fields": {"name": "Too loud."}}), "{'name': ['Too loud.']}"),
        (Conflict("No.", details={"fields": {"elsewhere": "Not here."}}), "{'__all__': ['No.']}"),
    ],
)
def test_a_refusal_is_an_error_of_the_form_and_undoes_everything(
    groups: Groups, refusal: ApplicationError, shown: str
) -> None:
    group = Group.objects.create(name="readers")
    groups.refusal = refusal
    answer = groups.changeform_view(posted(name="writers"), str(group.pk))
    assert (answer.status_code, answer.content.decode()) == (200, shown)
    assert Group.objects.get().name == "readers"
    assert len(groups.calls) == 1


def test_who_has_to_wait_is_told_how_long(groups: Groups) -> None:
    group = Group.objects.create(name="readers")
    groups.refusal = RateLimited(retry_after_ms=1500)
    answer = groups.changeform_view(posted(name="writers"), str(group.pk))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")


def test_of_many_that_are_deleted_those_that_are_refused_stay_and_are_named(groups: Groups) -> None:
    for name in ("a", "kept", "z"):
        Group.objects.create(name=name)
    with pytest.raises(Conflict, match="Not deleted: kept: It is needed"):
        groups.delete_queryset(posted(), Group.objects.order_by("name"))
    assert [group.name for group in Group.objects.all()] == ["kept"]
    assert [name for call, name in groups.calls] == ["a", "kept", "z"]


def test_what_really_goes_is_logged(groups: Groups) -> None:
    group = Group.objects.create(name="readers")
    groups.delete_model(posted(), group)
    assert groups.logged == ["readers"]
    assert not Group.objects.exists()
    assert groups.log_deletions(posted(), Group.objects.all()) is None


class Members(TabularInline):
    model = Group.permissions.through
    fk_name = "group"


class ServedMembers(ServiceInline, Members): ...


def test_ways_past_the_services_are_found_by_the_checks() -> None:
    class Past(Groups):
        list_display = ("id", "name")
        list_editable = ("name",)
        inlines = (Members,)

    class Through(Groups):
        inlines = (ServedMembers,)

    assert [error.id for error in Past().check() if (error.id or "").startswith("realtime.")] == [
        "realtime.E101",
        "realtime.E102",
    ]
    assert [error.id for error in Through().check() if (error.id or "").startswith("realtime.")] == []


def test_the_rows_of_an_inline_know_whose_services_write_them() -> None:
    inline = ServedMembers(Group, Site())
    formset: Any = inline.get_formset(posted(), None)
    assert formset.service_inline is inline


def test_without_a_service_nothing_is_written() -> None:
    bare = ServiceAdmin(Group, Site())
    for write in (
        lambda: bare.create_object(posted(), None, None),  # type: ignore[arg-type]  # never looked at
        lambda: bare.change_object(posted(), None, None),  # type: ignore[arg-type]  # as above
        lambda: bare.remove_object(posted(), None),
    ):
        with pytest.raises(NotImplementedError):
            write()
