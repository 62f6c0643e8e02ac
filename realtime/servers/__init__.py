"""Servers: uvicorn with what the engine needs of it, and processes that share one port."""
