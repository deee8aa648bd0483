"""What lies behind the config flow and the options flow."""
