"""Measures protected data without trusting how it was protected."""
