"""Who is typing where, this moment: whole lists that expire by themselves.

`kinds` is what apps declare, `store` the contract with its implementations in `memory` and `redis`, `tracker` what
sits between sessions and the store.
"""
