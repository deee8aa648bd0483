"""Special charging in Home Assistant."""
