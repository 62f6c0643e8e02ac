"""The facts of announcements, sent inside the transaction that makes them true; each has `actor: User | None`."""

from django.dispatch import Signal

announced = Signal()  # announcement
announcement_withdrawn = Signal()  # announcement
