"""How cars are read and commanded."""
