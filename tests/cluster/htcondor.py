"""An HTCondor of one node for a test, in a Debian of its own that sees this repository.

`install.sh htcondor` makes that Debian. Mounts are those of the daemons' own namespace and end
with them; ports are on loopback; jobs run as an ordinary user.
"""

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from tests.cluster.slurm import free_ports
from tests.conftest import ROOT

USER = "physics"
SECONDS_TO_START = 60
CONFIG = """\
use FEATURE: PartitionableSlot
LOCAL_DIR = {folder}
LOG = {folder}/log
SPOOL = {folder}/spool
EXECUTE = {folder}/execute
LOCK = {folder}/lock
RUN = {folder}/run
NETWORK_INTERFACE = 127.0.0.1
BIND_ALL_INTERFACES = False
SHARED_PORT_PORT = {port}
COLLECTOR_HOST = 127.0.0.1:{port}
# Containers have no cgroups to give away.
BASE_CGROUP =
USE_PROCD = False
NUM_CPUS = 4
MEMORY = 64000
MACHINE_RESOURCE_GPUs = FAKE0, FAKE1
ENVIRONMENT_FOR_AssignedGPUs = CUDA_VISIBLE_DEVICES
UID_DOMAIN = test.invalid
FILESYSTEM_DOMAIN = test.invalid
TRUST_UID_DOMAIN = True
START = True
SUSPEND = False
PREEMPT = False
KILL = False
NEGOTIATOR_INTERVAL = 2
NEGOTIATOR_CYCLE_DELAY = 1
NEGOTIATOR_MIN_INTERVAL = 1
SCHEDD_INTERVAL = 2
"""


class HTCondor:
    """Collector, negotiator, queue and node, which end with `stop`."""

    def __init__(self, debian, folder):
        self.debian, self.folder = Path(debian), Path(folder)
        self.master = None

    @staticmethod
    def missing(debian):
        """Why HTCondor cannot be started here; nothing where it can."""
        if os.geteuid() != 0:
            return "a Debian of its own needs root"
        tried = subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True)
        if tried.returncode:
            return "mounts of its own are not allowed here"
        if Path(sys.base_prefix) == Path("/usr"):
            return "the Python of /usr would hide the Debian's own: make PYTHON=one from elsewhere"
        if not (Path(debian) / "usr" / "sbin" / "condor_master").exists():
            return f"none in {debian}: `tests/cluster/install.sh htcondor {debian}` makes it"
        return ""

    def start(self):
        (self.folder / "config").write_text(
            CONFIG.format(folder=self.folder, port=free_ports(1)[0])
        )
        # What jobs need of this machine: the repository, its Python, and the folder of the test.
        places = {ROOT.resolve(), Path(sys.prefix).resolve(), Path(sys.base_prefix), self.folder}
        lines = ["set -e", f"cd {self.debian}", "mount --bind . ."]
        lines += [f"mount --rbind /{name} {name}" for name in ("proc", "sys", "dev")]
        for place in sorted(places):
            inside = self.debian / place.relative_to("/")
            lines += [f"mkdir -p {shlex.quote(str(inside))}"]
            lines += [f"mount --bind {shlex.quote(str(place))} {shlex.quote(str(inside))}"]
            lines += [f"chmod a+x {shlex.quote(str(up))}"
                      for up in inside.parents if self.debian in up.parents]  # fmt: skip
        # Over a file, not into it: tests of two checkouts may share the Debian.
        config = "etc/condor/config.d/50-test"
        lines += [f"touch {config}", f"mount --bind {self.folder}/config {config}"]
        lines += ["cp /etc/hosts etc/hosts", f"exec chroot {self.debian} condor_master -f"]
        names = " ".join(
            f"{self.folder}/{name}" for name in ("log", "spool", "execute", "lock", "run")
        )
        lines.insert(-1, f"mkdir -p {names}")
        lines.insert(-1, f"chroot {self.debian} chown -R condor {names}")
        output = (self.folder / "master.out").open("wb")
        self.master = subprocess.Popen(["unshare", "--mount", "sh", "-c", "\n".join(lines)],
                                       stdout=output, stderr=output)  # fmt: skip
        end = time.monotonic() + SECONDS_TO_START
        while not self("condor_status", "-af", "Name") or not self("condor_q", "-totals"):
            if time.monotonic() > end or self.master.poll() is not None:
                message = f"HTCondor is not up\n{(self.folder / 'master.out').read_text()}"
                raise TimeoutError(message)
            time.sleep(0.3)
        # Newer clients than daemons do not agree on the usual way to say who one is.
        token = self("condor_token_create", "-identity", f"{USER}@test.invalid")
        script = f"umask 077; mkdir -p ~/.condor/tokens.d; echo {token} >~/.condor/tokens.d/test"
        self("su", USER, "-c", script)

    def stop(self):
        if self.master is not None:
            self.master.terminate()
            try:
                self.master.wait(30)
            except subprocess.TimeoutExpired:
                self.master.kill()
                self.master.wait()

    def inside(self, *command):
        """A command as it runs beside the daemons."""
        return ["nsenter", "--target", str(self.master.pid), "--mount", "--root", *command]

    def __call__(self, *command):
        """What a command prints beside the daemons; nothing where it fails."""
        result = subprocess.run(self.inside(*command), check=False, capture_output=True,
                                text=True, timeout=60)  # fmt: skip
        return result.stdout.strip() if result.returncode == 0 else ""

    def jobs(self, names):
        """All jobs that have ended, in the order of their submission: these attributes of each."""
        text = self("condor_history", "-af:,", *names)
        rows = [[value.strip() for value in line.split(",")] for line in text.splitlines()]
        return sorted((dict(zip(names, row, strict=True)) for row in rows),
                      key=lambda job: int(job["ClusterId"]))  # fmt: skip
