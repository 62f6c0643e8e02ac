"""Daphne's development server, whose reactor no other command of the halls loads."""

from daphne.management.commands.runserver import Command

__all__ = ["Command"]
