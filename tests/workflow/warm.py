"""Jobs of a workflow, each in a process of its own that has nothing to import any more.

More than half of what the jobs of a small study compute are imports, and tests run hundreds of
them. A process that has imported what scripts need waits beside the tests; where a rule says
``python script.py``, Bash asks it instead, and it forks: same arguments, environment, folder and
files, nothing left behind for the next job. Scripts that import by themselves, as users have them,
run on the clusters, under kills, in the study of functions and in tests/test_command.py.
"""

import atexit
import gc
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def warm() -> dict[str, str]:
    """What a Bash has in its environment that asks; who answers is started at the first call."""
    _, path = server()
    return {"BASH_ENV": str(HERE / "warm.bash"), "WARM_SOCKET": path,
            "WARM_PYTHON": sys.executable, "WARM_SCRIPTS": str(ROOT / "scripts"),
            "WARM_ASK": str(HERE / "warm_ask.py")}  # fmt: skip


@cache
def server() -> tuple[subprocess.Popen[bytes], str]:
    """Start the process that forks, once for all tests of this one, and say where it listens."""
    folder = Path(tempfile.mkdtemp(prefix="warm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen(64)
        # Its input ends when this process does, however that comes.
        process = subprocess.Popen([sys.executable, "-m", __name__, str(listener.fileno())],
                                   cwd=ROOT, stdin=subprocess.PIPE,
                                   pass_fds=[listener.fileno()])  # fmt: skip
    return process, str(folder / "socket")


def import_all() -> None:
    """Import what any script does, Keras as jobs do and before what it does without."""
    sys.path.insert(0, str(ROOT / "src"))
    from footprint.training import backend

    asked = dict(os.environ)
    backend.prepare(1)
    backend.start()
    for path in sorted((ROOT / "scripts").glob("*.py")):
        runpy.run_path(str(path))
    for name in ("training.apply", "training.fit", "training.grid", "training.predictions",
                 "training.record", "training.snapshots"):  # fmt: skip
        __import__(f"footprint.{name}")
    os.environ.clear()
    os.environ.update(asked)


def serve(listener: socket.socket) -> None:
    """Fork for each that asks, until nobody is left who could."""
    import_all()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [], 1)
        if sys.stdin in ready:
            return
        if listener in ready:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                answer(connection)
            connection.close()
        reap()


def reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def answer(connection: socket.socket) -> None:
    """Be the process that was asked for, and say how it ended."""
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("rb") as text:
        asked = json.loads(text.readline())
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run(asked["arguments"])
    connection.sendall(f"{code}\n".encode())
    os._exit(0)


def run(arguments: list[str]) -> int:
    """Run a script as the interpreter would, and return its exit code."""
    sys.argv = arguments
    # Files tell by it whether Keras computed; scripts that need it import it again, at no cost.
    sys.modules.pop("keras", None)
    sys.path.insert(0, str(Path(arguments[0]).resolve().parent))
    code = 0
    try:
        runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 # as the interpreter does
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
