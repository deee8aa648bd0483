"""Tests of what an account keeps on disk."""
