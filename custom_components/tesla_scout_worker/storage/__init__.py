"""One versioned file for each account."""
