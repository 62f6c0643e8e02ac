"""The test kit: clients, event capture, a clock of one's own. Public, used by all tests."""
