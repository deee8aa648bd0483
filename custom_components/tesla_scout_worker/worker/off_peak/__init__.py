"""Off-peak charging in Home Assistant."""
