"""Groups and reports in the admin."""

from social.admin import groups, reports  # noqa: F401  # they register themselves
