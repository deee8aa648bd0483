"""The entity way."""
