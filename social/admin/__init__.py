"""Groups and reports in the admin."""

from social.admin import reports  # noqa: F401  # registers itself
