"""Decisions of the Scout, without Home Assistant."""
