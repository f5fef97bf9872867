"""Figures of scans of hyperparameters."""
