"""Fixtures of the classify tests; what they are made of stands in `classify_samples`."""

from classify_samples import customer_table, customer_verdicts, scan_column

__all__ = ["customer_table", "customer_verdicts", "scan_column"]
