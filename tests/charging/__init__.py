"""The charging rooms: plain and property tests."""
