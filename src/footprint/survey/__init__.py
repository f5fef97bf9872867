"""Tables of a sample's own events, before any network: its showers, and how they were seen."""

EVENTS = 20_000
"""A survey looks at so many events from the start of a sample, enough for errors of a percent."""

ARRAYS = ("signal", "arrival_time", "station_x", "station_y", "axis", "core")
"""A sample with these is surveyed; whatever else it has adds to the tables."""

FACTS = "sample.json"
"""Says which sample the tables beside it are about."""
