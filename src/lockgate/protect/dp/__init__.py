"""Differential privacy: exact noise, bounded contributions, grouped statistics, synthetic tables."""
