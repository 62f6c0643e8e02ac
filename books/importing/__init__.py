"""Whole books from files.

`manuscripts` reads a file or says in one sentence what is wrong with it; `importer` brings the library to what a
manuscript says, through the services.
"""
