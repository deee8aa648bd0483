"""What to tell a person about a car, and when."""
