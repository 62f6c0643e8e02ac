"""What one takes away: feeds and downloads."""

from django.urls import path

from books.epub.views import book_epub
from books.feeds import AuthorFeed, BookFeed

urlpatterns = [
    path("books/<slug:slug>/epub/", book_epub, name="book-epub"),
    path("books/<slug:slug>/feed/", BookFeed(), name="book-feed"),
    path("people/<str:username>/feed/", AuthorFeed(), name="author-feed"),
]
