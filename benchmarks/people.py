"""People of the product for benchmarks: authors with a book and a chapter each, signed in by keys that are known."""

AUTHORS = 10


def session_key(number: int) -> str:
    """Returns the key of the login session of author `number`, from 0 on."""
    return f"sessionofauthor{number:017}"


def settle() -> None:
    """Makes them in an empty database: book and chapter `number + 1` are those of author `number`, and are public."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from books.services.books import create_book
    from books.services.chapters import create_chapter
    from books.services.releases import publish_chapter
    from livrya.accounts.services.people import sign_up
    from livrya.accounts.sessions import SessionStore
    from realtime.people import uncounted

    with uncounted():
        for number in range(AUTHORS):
            author = sign_up(username=f"author{number}", password=session_key(number), made_by="benchmark")
            book = create_book(actor=author, title=f"Book {number}")
            chapter = create_chapter(actor=author, book_id=book.pk, title="One", text="It begins.")
            publish_chapter(actor=author, chapter_id=chapter.pk)
            session = SessionStore(session_key(number))
            session[SESSION_KEY] = str(author.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = author.get_session_auth_hash()
            session.save(must_create=True)
