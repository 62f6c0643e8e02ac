"""Measures the engine beside its peers, in one run, interleaved. How to read it: benchmarks/README.md."""
