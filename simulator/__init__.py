"""A simulated Tesla cloud: cars, sign-in, Fleet API, billing and faults."""
