"""How much one may do: weighted points per second, and seats for connections.

`store` holds the contracts, `memory` and `redis` their implementations, `bucket` what one connection counts by itself,
`limiter` what sits between connections and the stores, `acts` what services count whatever edge they are called by.
"""
