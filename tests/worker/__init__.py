"""Tests of the Worker, through Home Assistant."""
