"""Teslemetry: a provider with a subscription and credits, and a stream of changes."""
