"""Tessie: a provider with a subscription, whose answers come from its memory."""
