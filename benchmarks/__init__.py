"""Benchmarks: figures of the real stack, as medians of several, never asserted."""
