"""Rooms, events and commands of the library: the contracts of everything that travels."""
