"""A tiny application on the engine, for the engine's own tests: halls to speak in, vaults to be let into."""
