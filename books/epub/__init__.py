"""Books as EPUB 3 files, for reading anywhere."""
