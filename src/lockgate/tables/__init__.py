"""Data in and out as Arrow batches in bounded memory."""
