"""From a goal and a cost curve to a plan. Pure."""
