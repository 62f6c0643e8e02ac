"""What lies below all apps: the base of the API, cursors, texts, pictures, files."""
