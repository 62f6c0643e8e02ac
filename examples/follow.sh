#!/bin/sh
# Follows a book with nothing but curl: ./follow.sh http://localhost:8000 1
# Come back to where you were by giving the last id that it printed: ./follow.sh http://localhost:8000 1 "book:1=…"
exec curl --no-buffer --silent --show-error --fail-with-body -H "Last-Event-ID: ${3:-}" "$1/events/?rooms=book:$2"
