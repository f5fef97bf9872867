"""Processes of a cluster's jobs, found by what the cluster has put into their environment."""

from pathlib import Path


def environment_of(pid):
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def processes(script, marked):
    """Ids of the Python processes that run a script, in an environment that `marked` accepts.

    Other tests train too, at the same time.
    """
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if words[1:2] and words[1].endswith(script) and marked(environment_of(path.name)):
                found.append(int(path.name))
        except OSError:
            continue  # ended meanwhile
    return found
