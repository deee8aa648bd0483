"""The ways to a car, each from set-up to a kept session."""
