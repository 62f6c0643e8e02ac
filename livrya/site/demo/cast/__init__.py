"""Scripted people who live in the demo library over real sockets, so that one can see it live alone at a desk."""
