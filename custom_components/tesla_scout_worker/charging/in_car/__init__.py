"""Schedules and the charge limit in the car. Pure."""
