"""Composes the stages; plan.py is the numbered plan."""
