"""The Worker's side of Home Assistant: commands, prices, time zones."""
