"""The network families."""
