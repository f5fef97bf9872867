"""Figures of generated events beside real ones."""
