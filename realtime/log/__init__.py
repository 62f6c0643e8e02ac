"""Into the log and out of it: the unit of work, numbers, hints; reading, snapshots, retention, revocations."""
