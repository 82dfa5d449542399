"""lockgate lets data move lawfully and provably."""

__version__ = "0.1.0"
