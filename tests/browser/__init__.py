"""A person with a browser, in front of a real Home Assistant and a Tesla cloud."""
