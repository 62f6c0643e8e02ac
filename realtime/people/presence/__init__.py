"""Who is in which room: people counted once over tabs, devices and processes.

`store` is the contract, `memory` and `redis` its implementations, `tracker` what sits between sessions and the store,
`events` what clients get.
"""
