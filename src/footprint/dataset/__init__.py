"""From events to normalised data sets."""
