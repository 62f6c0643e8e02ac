"""The test kit: clients, event capture, a clock of one's own, the history checker. Public, used by all tests."""
