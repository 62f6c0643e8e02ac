"""What of the library travels over HTTP."""
