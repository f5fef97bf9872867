"""A SLURM of one node for a test: all its files in one folder, all its ports on loopback."""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "scancel")
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
SECONDS_TO_START = 60
CONFIG = """\
ClusterName={name}
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
# Containers have no cgroups to give away: processes are followed by their parents, bound to the
# cores of their job, and killed when a look once a second finds too much memory.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
# Finished jobs stay known, for the plugin and for what the test wants to see of them.
MinJobAge=3600
AccountingStorageType=accounting_storage/none
KillWait=2
ReturnToService=2
MpiDefault=none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
# What the node claims to have; the test reserves it and does not use it.
SlurmdParameters=config_overrides
GresTypes=gpu
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=64000 Gres=gpu:fake:{gpus}
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class Slurm:
    """munge, controller and node daemon, which end with `stop`.

    Its GPUs are device files like /dev/null: SLURM counts them, hands them out and says so in
    CUDA_VISIBLE_DEVICES, but nothing can compute on them.
    """

    def __init__(self, folder, gpus=2, cpus=4):
        self.folder, self.gpus, self.cpus = Path(folder), gpus, cpus
        self.name = f"test{os.getpid()}"
        self.host = socket.gethostname().split(".")[0]
        self.daemons = []
        self.environment = {
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": os.pathsep.join([str(self.folder / "bin"), PATH]),
        }

    @staticmethod
    def missing():
        """Why SLURM cannot be started here; nothing where it can."""
        if os.geteuid() != 0:
            return "SLURM's daemons and device files of GPUs need root"
        absent = [program for program in PROGRAMS if not shutil.which(program, path=PATH)]
        if absent:
            return f"no {', '.join(absent)}: tests/cluster/install.sh installs them with apt"
        return ""

    def start(self):
        for name in ("munge", "state", "spool", "bin"):
            (self.folder / name).mkdir(mode=0o755)
        key = self.folder / "munge" / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        devices = [self.folder / f"gpu{index}" for index in range(self.gpus)]
        for device in devices:
            os.mknod(device, 0o20666, os.stat("/dev/null").st_rdev)  # noqa: PTH116
        lines = [f"Name=gpu Type=fake File={device}\n" for device in devices]
        (self.folder / "gres.conf").write_text("AutoDetect=off\n" + "".join(lines))
        (self.folder / "slurm.conf").write_text(
            CONFIG.format(name=self.name, host=self.host, folder=self.folder, ports=free_ports(2),
                          cpus=self.cpus, gpus=self.gpus)
        )  # fmt: skip
        # The plugin takes SLURM_CONF from the environment in which a job calls srun.
        srun = self.folder / "bin" / "srun"
        config, real = self.environment["SLURM_CONF"], shutil.which("srun")
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={config} exec {real} "$@"\n')
        srun.chmod(0o755)
        files = {"socket": "socket", "key": "key-file", "pid": "pid-file", "log": "log-file"}
        options = [f"--{files[name]}={self.folder}/munge/{name}" for name in files]
        self.launch("munged", "--foreground", *options, f"--seed-file={self.folder}/munge/seed")
        wait_for((self.folder / "munge" / "socket").exists, "munged makes no socket", self)
        self.launch("slurmctld", "-D", "-i")
        self.launch("slurmd", "-D")
        wait_for(lambda: self("sinfo", "-h", "-o", "%T") == "idle", "the node is not idle", self)

    def launch(self, program, *arguments):
        output = (self.folder / f"{program}.out").open("wb")
        command = [shutil.which(program, path=PATH), *arguments]
        environment = os.environ | self.environment
        daemon = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        self.daemons.append(daemon)

    def stop(self):
        if len(self.daemons) == 3:
            self("scancel", "--user", "root")
            end = time.monotonic() + 10
            while self("squeue", "-h") and time.monotonic() < end:
                time.sleep(0.2)
        for daemon in reversed(self.daemons):
            daemon.terminate()
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def __call__(self, *command):
        """What a command of SLURM prints; nothing where it fails."""
        result = subprocess.run(command, check=False, capture_output=True, text=True,
                                env=os.environ | self.environment, timeout=30)  # fmt: skip
        return result.stdout.strip()

    def jobs(self):
        """All jobs in the order of their submission: what scontrol says of each."""
        text = self("scontrol", "show", "job", "--oneliner")
        jobs = [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in text.splitlines()]
        return sorted((job for job in jobs if "JobId" in job), key=lambda job: int(job["JobId"]))

    def logs(self):
        """What the daemons wrote, for the message of a test that fails."""
        paths = [*self.folder.glob("*.log"), *self.folder.glob("*.out")]
        return "\n".join(f"--- {path.name}\n{path.read_text()[-3000:]}" for path in paths)


def free_ports(number):
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(condition, what, slurm):
    end = time.monotonic() + SECONDS_TO_START
    while not condition():
        if time.monotonic() > end:
            message = f"{what} after {SECONDS_TO_START} s\n{slurm.logs()}"
            raise TimeoutError(message)
        time.sleep(0.1)
