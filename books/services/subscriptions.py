"""Following a book."""

from django.db.models import F

import realtime
from books import limits, signals
from books.models import Book, Subscription, SubscriptionLevel
from books.policies.people import may_read, require_person
from books.services import checking
from books.services.locking import lock_book
from livrya.accounts.models import User
from realtime.errors import NotFound


def subscribe(*, actor: User | None, book_id: int, level: str = SubscriptionLevel.ALL) -> Subscription:
    """Subscribes the actor, or changes the level of what they have; the same again changes nothing."""
    person = require_person(actor)
    checking.choice("level", level, SubscriptionLevel.values)
    limits.SUBSCRIPTIONS.charge(person.pk)
    with realtime.atomic():
        book = lock_book(book_id)
        if not may_read(person, book):
            raise NotFound("There is no such book.")
        subscription = Subscription.objects.filter(book=book, user=person).first()
        if subscription is None:
            subscription = Subscription.objects.create(book=book, user=person, level=level)
            Book.objects.filter(pk=book.pk).update(subscriber_count=F("subscriber_count") + 1)
        elif subscription.level == level:
            return subscription
        else:
            subscription.level = level
            subscription.save(update_fields=["level"])
        signals.subscription_changed.send(Subscription, book_id=book.pk, user_id=person.pk, level=level, actor=actor)
    return subscription


def unsubscribe(*, actor: User | None, book_id: int) -> None:
    """Ends the actor's subscription; where there is none, nothing happens."""
    person = require_person(actor)
    with realtime.atomic():
        book = lock_book(book_id)
        if Subscription.objects.filter(book=book, user=person).exists():
            end_subscription(book=book, user_id=person.pk, actor=actor)
        elif not may_read(person, book):
            raise NotFound("There is no such book.")


def end_subscription(*, book: Book, user_id: int, actor: User | None) -> None:
    """Ends somebody's subscription within the caller's transaction, which has locked the book."""
    Subscription.objects.filter(book=book, user_id=user_id).delete()
    Book.objects.filter(pk=book.pk, subscriber_count__gt=0).update(subscriber_count=F("subscriber_count") - 1)
    signals.subscription_changed.send(Subscription, book_id=book.pk, user_id=user_id, level=None, actor=actor)
