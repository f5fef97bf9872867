"""Figures of a sample's own events, drawn from the tables of its survey alone."""
