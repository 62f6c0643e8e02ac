"""What is written to one client, and how: connections, encoded messages, what is due in a turn."""
