"""Tests of the Scout, through Home Assistant."""
