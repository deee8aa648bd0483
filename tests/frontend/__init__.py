"""Tests of the cards: what they are sent, and how they reach the browser."""
