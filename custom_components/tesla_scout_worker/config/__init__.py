"""The forms and the work of the config flow and the options flow."""
