"""The report: one page of summary, figures with captions, cards and provenance."""
