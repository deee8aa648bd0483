"""Decisions of the Scout: pure, the time is an argument."""
