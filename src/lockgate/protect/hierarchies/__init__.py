"""Hierarchies that need no file: made from what a column's values are."""
