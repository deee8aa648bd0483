"""Tests of schedules and the charge limit in the car."""
