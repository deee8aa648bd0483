"""What was charged at home, what it cost, and what it could have cost. Pure."""
