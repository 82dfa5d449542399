"""What is in the data: recognisers, evidence, verdicts, categories, roles, grades."""
