"""What staff did: written once, in the transaction of the act, and never changed."""
