"""Takes one mechanism out of a server, by name (`ABLATE`), to see that its absence is noticed."""

from django.apps import AppConfig


class Ablations(AppConfig):
    name = "tests.faults"
    label = "faults"
