"""A charge that Home Assistant times, of a car that holds no schedules."""
