"""Reads of the library: what a viewer may see, in a constant number of queries."""
