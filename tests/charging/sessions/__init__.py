"""Tests of special charging's pure rules."""
