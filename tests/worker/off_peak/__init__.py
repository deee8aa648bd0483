"""Ordinary charging, through Home Assistant and against the simulator."""
