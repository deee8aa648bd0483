"""The only rooms that speak to Tesla."""
