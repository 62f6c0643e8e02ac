"""Files that other programs wrote, as chapters in our Markdown: Word, EPUB, HTML, Markdown, plain text.

Reading is pure: bytes become a `Reading`, or an `Unreadable` says in one word why not. What somebody sends may be made
to harm, so that it is read in a child process only: `books.importing.reader` runs `child`. Nothing here needs Django's
apps, the database or a setting.
"""
