"""The token manager: the one owner of the refresh token."""
