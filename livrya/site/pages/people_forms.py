"""What people enter about themselves."""

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm, PasswordChangeForm

from livrya.accounts.models import User
from livrya.accounts.services.people import name_refusal
from livrya.kit.pictures import PictureField
from realtime.errors import ValidationFailed
from social import limits


class SignUpForm(BaseUserCreationForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Name and password; the rest may come later. The service makes the account, not this form."""

    display_name = forms.CharField(max_length=80, required=False, help_text="What others see. You can change it later.")
    email = forms.EmailField(required=False)
    field_order = ["username", "display_name", "email", "password1", "password2"]

    class Meta:
        model = User
        fields = ["username"]

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if sentence := name_refusal(username):
            raise forms.ValidationError(sentence)
        return username


class ProfileForm(forms.Form):
    display_name = forms.CharField(max_length=80, required=False)
    bio = forms.CharField(max_length=1250, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    avatar = PictureField(required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"display_name": user.display_name, "bio": user.bio}
        super().__init__(*args, **kwargs)


class PasswordForm(PasswordChangeForm):
    """A new password; whether the old one is right the service says, which counts who guesses."""

    def clean_old_password(self) -> str:
        return str(self.cleaned_data["old_password"])

    def refuse(self, refusal: ValidationFailed) -> None:
        """Shows what the service has refused."""
        names = {"oldPassword": "old_password", "newPassword": "new_password2"}
        for name, sentence in ((refusal.details or {}).get("fields") or {}).items():
            self.add_error(names.get(name), sentence)


class ReportForm(forms.Form):
    reason = forms.CharField(
        max_length=limits.REPORT,
        label="What is wrong?",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only the moderators read this.",
    )


class PrivacyForm(forms.Form):
    hide_online = forms.BooleanField(required=False, label="Hide that I am online")
    hide_reading = forms.BooleanField(required=False, label="Hide what I am reading now")
    hide_typing = forms.BooleanField(required=False, label="Hide when I am typing, and do not show me others typing")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(user, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
