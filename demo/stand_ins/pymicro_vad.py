"""Stands in for a package that listens to a microphone; see README.md here."""


class MicroVad:
    """Would tell speech from silence."""
