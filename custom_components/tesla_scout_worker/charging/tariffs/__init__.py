"""What a kWh costs. Pure."""
