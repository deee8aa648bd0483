"""What a kWh costs: price sources and tariffs -> a cost curve. Pure."""
