"""Which server processes are alive: leases, and what is to be done when one is lost.

A process renews one lease for everything that it holds (presence, seats), instead of one per connection.
"""
