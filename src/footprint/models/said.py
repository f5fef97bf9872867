"""What Keras says about layers that do not fit, in one line."""

import re

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
BEFORE = re.compile(r"^Exception encountered when calling [^\n]*\n")
BEHIND = re.compile(r"\n*Arguments received by .*", re.DOTALL)


def in_one_line(error: Exception) -> str:
    """Leave out of a message of Keras its colours, its frame and the tensors' own words."""
    text = COLOUR.sub("", str(error))
    return " ".join(BEHIND.sub("", BEFORE.sub("", text)).split())
