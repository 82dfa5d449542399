"""Instruments: the articles of a law as dated data (TOML) and as our reading of them (Python)."""
