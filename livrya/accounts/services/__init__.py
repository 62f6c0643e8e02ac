"""The only writers of accounts; a module for each noun."""
