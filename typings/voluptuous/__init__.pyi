# Home Assistant 2026.9 and newer alias voluptuous to probatio, their own engine, so its types are the true ones.
from probatio import *
