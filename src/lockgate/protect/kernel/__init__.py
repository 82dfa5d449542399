"""Compiled loops of the search for classes; the same answers as the numpy code beside it, sooner."""
