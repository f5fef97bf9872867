"""Footprint: from ROOT files or simulation to trained networks and paper figures."""

__version__ = "0.1.0"
