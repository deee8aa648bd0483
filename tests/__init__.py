"""Tests: the simulator is the Tesla that they talk to."""
