"""Tests of the Fleet API gateway."""
