"""Special charging: sessions and their states. Pure."""
