"""Off-peak charging: departures, night plans, weekly schedules. Pure."""
