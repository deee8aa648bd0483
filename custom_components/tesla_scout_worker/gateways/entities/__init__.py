"""The entity way: a car by the entities that other integrations made for it."""
