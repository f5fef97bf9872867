"""Readers: other people's files become event files."""
