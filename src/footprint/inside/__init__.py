"""Looks inside trained networks: filters, activations, and what answers rest on."""
