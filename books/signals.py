"""The facts of the library, sent by the services inside the transaction that makes them true.

Each is sent once; a transaction that is rolled back takes with it whatever its receivers wrote or emitted.
Every signal has `actor: User | None` (None: the schedule or a command) beside the arguments in its comment.
"""

from django.dispatch import Signal

book_created = Signal()  # book
book_updated = Signal()  # book
book_deleted = Signal()  # book (as it was), people: ids of those who had a credit or subscription
book_moderated = Signal()  # book, hidden: bool

credit_offered = Signal()  # credit
credit_changed = Signal()  # credit (accepted, or with other rights)
credit_ended = Signal()  # credit (declined or removed, as it was)
reader_invited = Signal()  # invitation
reading_right_changed = Signal()  # book, user_id, may_read: bool

chapter_created = Signal()  # chapter
chapter_updated = Signal()  # chapter, title_changed: bool, changed_paragraphs: list[str]
chapters_reordered = Signal()  # book
chapter_scheduled = Signal()  # chapter (publish_at None: taken off the schedule)
chapter_published = Signal()  # chapter, first: bool (never released before), authors: ids
chapter_withdrawn = Signal()  # chapter (unpublished or deleted), was_published: bool
comments_locked = Signal()  # chapter
clash_found = Signal()  # clash: words that merging has lost or doubled, or more of them
clash_settled = Signal()  # clash
version_named = Signal()  # version
version_restored = Signal()  # version: the chapter's draft says again what it said then
version_deleted = Signal()  # version (as it was)

subscription_changed = Signal()  # book_id, user_id, level: str | None (None: ended)
comment_posted = Signal()  # comment, answered_id: the comment that was answered, if any
comment_edited = Signal()  # comment
comment_deleted = Signal()  # comment, moderated: bool
comment_restored = Signal()  # comment
comment_reacted = Signal()  # comment
review_posted = Signal()  # review
review_edited = Signal()  # review
review_deleted = Signal()  # review (as it was), moderated: bool
review_restored = Signal()  # review
progress_saved = Signal()  # progress, connection_id: str | None
book_shelved = Signal()  # book_id, user_id, shelf: str | None
