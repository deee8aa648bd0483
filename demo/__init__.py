"""The demo: a Tesla cloud, a real Home Assistant, and a car that lives a real day."""
