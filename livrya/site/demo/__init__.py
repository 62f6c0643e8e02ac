"""The demo library: short serials of our own, and the people who write, read and discuss them."""
