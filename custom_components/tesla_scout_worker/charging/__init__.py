"""Decisions about charging: pure, the time is an argument."""
