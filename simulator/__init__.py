"""A Tesla cloud on the desk: cars, sign-in, Fleet API, billing and faults."""
