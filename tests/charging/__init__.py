"""The pure rooms of charging."""
