"""Law of mainland China."""
