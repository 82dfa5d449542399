"""De-identification, one technique a file."""
