"""Tests of the rooms that speak to Tesla."""
