"""The papers that duties ask for, filled from the facts of a flow."""
