"""Word lists of our own writing, by language."""
