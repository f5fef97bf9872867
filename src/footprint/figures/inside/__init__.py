"""Figures of the inside of networks."""
