"""Measurements over real series, whose data stay where they are."""
