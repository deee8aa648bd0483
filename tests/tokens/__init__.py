"""Tests of the token manager."""
