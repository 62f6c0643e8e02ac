"""What each decision of `docs/decisions/` rests on: the chosen way and what else there was, side by side in one run."""
