"""Measurements of the pure rooms, by hand: ``python -m benchmarks.<name>``."""
