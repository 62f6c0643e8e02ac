"""Announcements: what staff say to everybody who is connected, and to who comes while it is in force."""
