"""The Scout's side of Home Assistant: admission, backoff, hints, home zone."""
