"""Tables of a data set's own events by class, before any network."""

EVENTS = 50_000
"""A survey looks at so many events from the start of a split; the order of the rows is random."""

FACTS = "dataset.json"
"""Says which data set the tables beside it are about."""
