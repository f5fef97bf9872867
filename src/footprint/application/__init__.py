"""Exported networks over new files, without Keras: answers aligned with the files' entries."""
