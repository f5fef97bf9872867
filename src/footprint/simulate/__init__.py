"""Generators: events from nothing but options and random numbers."""
