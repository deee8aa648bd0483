"""Stands in for a package that listens to a microphone; see README.md here."""


class AudioProcessor:
    """Would take the noise out of a recording."""
