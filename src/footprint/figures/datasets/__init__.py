"""Figures of a data set's events by class."""
