"""Tests of the chaos: a sample of it, and its own judgement."""
