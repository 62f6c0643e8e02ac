"""What staff do to open connections, over sockets: who is where, and out with somebody."""
