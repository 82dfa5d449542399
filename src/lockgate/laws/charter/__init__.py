"""The program's own limits, cited like any article."""
