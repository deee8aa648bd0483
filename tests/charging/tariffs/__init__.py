"""Tests of prices and tariffs."""
