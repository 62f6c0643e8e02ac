"""What describes a group, as people fill it in; services check again and have the last word."""

from typing import Any

from django import forms

from realtime.errors import ApplicationError
from social import limits
from social.models import Group

_LASTS = (("yes", "Stays"), ("ephemeral", "Ends when nobody is there"), ("creator", "Ends when I go"))
_FIELDS = {"maxUsers": "max_users", "isPrivate": "is_private", "restrictInvitations": "restrict_invitations"}


class RoomForm(forms.Form):
    """Makes a group or changes one; how long it lasts is said once, when it is made."""

    name = forms.CharField(max_length=limits.NAME)
    description = forms.CharField(
        max_length=limits.DESCRIPTION,
        required=False,
        label="What it is about",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_private = forms.BooleanField(required=False, label="Private: in no list, entered by invitation")
    restrict_invitations = forms.BooleanField(required=False, label="Only moderators invite")
    password = forms.CharField(
        max_length=limits.PASSWORD,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Whoever has no invitation needs it.",
    )
    no_password = forms.BooleanField(required=False, label="Take the password away")
    max_users = forms.IntegerField(
        required=False,
        min_value=limits.FEWEST_USERS,
        max_value=limits.MOST_USERS,
        label="Most people",
        help_text="Empty: as many as like.",
    )
    lasts = forms.ChoiceField(choices=_LASTS, initial="yes", label="How long it lasts")

    def __init__(self, *args: Any, group: Group | None = None, **kwargs: Any) -> None:
        if group is not None:
            kwargs["initial"] = {name: getattr(group, name) for name in self.base_fields if hasattr(group, name)}
            kwargs["initial"]["password"] = ""
        super().__init__(*args, **kwargs)
        self.group = group
        if group is None:
            self.fields["name"].widget.attrs["autofocus"] = True
        else:
            del self.fields["lasts"]
        if group is None or not group.has_password:
            del self.fields["no_password"]
        else:
            self.fields["password"].label = "Another password"

    def description_of(self) -> dict[str, Any]:
        """Returns what the services of creating and changing take; a password left empty stays as it is."""
        given = {name: self.cleaned_data[name] for name in ("name", "description", "is_private", "max_users")}
        given["restrict_invitations"] = self.cleaned_data["restrict_invitations"]
        if self.cleaned_data["password"] or self.group is None:
            given["password"] = self.cleaned_data["password"]
        elif self.cleaned_data.get("no_password"):
            given["password"] = ""
        if lasts := self.cleaned_data.get("lasts"):
            given |= {"persistent": lasts == "yes", "auto_delete": lasts == "creator"}
        return given

    def refuse(self, refusal: ApplicationError) -> None:
        """Shows a service's refusal at the field that it is about."""
        for field, sentence in ((refusal.details or {}).get("fields") or {"": str(refusal)}).items():
            name = _FIELDS.get(field, field)
            self.add_error(name if name in self.fields else None, sentence)
