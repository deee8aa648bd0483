"""Tests of off-peak charging's pure rules."""
