"""People over HTTP: profiles, following, one's own account, tokens."""
