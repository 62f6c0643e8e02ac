"""The chapter as it is written: a flat list of blocks, and what else it is turned into."""
