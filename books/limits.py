"""How large things may be, in characters unless said otherwise."""

SUMMARY = 1_250
NOTE = 5_000
COMMENT = 10_000
REVIEW = 10_000
CHAPTER = 500_000
TITLE = 200
TAG = 50
TAGS_PER_BOOK = 75
PEOPLE_PER_BOOK = 10
REPLY_DEPTH = 5
"""A comment and four levels of replies below it."""
