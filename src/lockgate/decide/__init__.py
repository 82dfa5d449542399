"""What the law says of one flow: evaluation in three values, joining, questions, routes."""
