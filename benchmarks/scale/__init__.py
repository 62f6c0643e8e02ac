"""Crowds as large as one machine holds, over many processes: see `python -m benchmarks.scale --help`."""
