"""One person in one namespace: rooms, commands, who comes in."""
