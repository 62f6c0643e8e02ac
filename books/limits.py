"""How large things may be, in characters unless said otherwise, and how often people may do what."""

from realtime.people import Act

SUMMARY = 1_250
NOTE = 5_000
COMMENT = 10_000
REVIEW = 10_000
CHAPTER = 500_000
PARAGRAPHS = 20_000
"""Of a chapter. Each is a line of its page, whatever it holds; 500,000 characters of one letter each make a page
of 15 MB. A play of 230,000 characters, which is a chapter of Ulysses, has 2,513."""
NAMED_VERSIONS = 100
"""Of a chapter; each may be as long as the longest chapter."""
TITLE = 200
TAG = 50
TAGS_PER_BOOK = 75
PEOPLE_PER_BOOK = 10
REPLY_DEPTH = 5
"""A comment and four levels of replies below it."""

BOOKS = Act("book", most=30, seconds=3600)
"""Books that a person begins."""
CHAPTERS = Act("chapter", most=300, seconds=3600)
"""Chapters that a person begins; a program may bring a whole book."""
VERSIONS = Act("version", most=120, seconds=3600)
"""Versions that a person names, restores or deletes."""
COMMENTS = Act("comment", most=30, seconds=60)
"""Said or changed."""
REVIEWS = Act("review", most=20, seconds=3600)
"""Posted or changed."""
REACTIONS = Act("reaction", most=120, seconds=60)
"""To comments and messages, given and taken back."""
SUBSCRIPTIONS = Act("subscription", most=100, seconds=3600)
"""Books that a person begins to follow, and changes of how."""
INVITATIONS = Act("invitation", most=60, seconds=3600)
"""People whom a person asks to work on a book, to read one or into a group, and links that open a group."""
