"""Leases: what only one process may do at a time, and another takes over when that one dies."""

from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper, Q
from django.db.models.functions import Now

from realtime.models import Lease


def acquire(name: str, *, holder: str, seconds: float) -> bool:
    """Takes or renews the lease for so long, and tells whether `holder` has it now.

    One conditional update by the database's own clock: of several who ask at once one gets it. Whoever has
    it renews it well before its end, and stops its work when that fails.
    """
    until = ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())
    if Lease.objects.filter(Q(holder=holder) | Q(expires_at__lte=Now()), name=name).update(
        holder=holder, expires_at=until
    ):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    created = Lease.objects.bulk_create([Lease(name=name, holder=holder, expires_at=until)], ignore_conflicts=True)
    return bool(created) and Lease.objects.filter(name=name, holder=holder).exists()


def release(name: str, *, holder: str) -> None:
    """Gives the lease back at once; nothing happens when `holder` does not have it."""
    Lease.objects.filter(name=name, holder=holder).update(expires_at=Now())
