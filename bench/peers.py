"""The other evaluators: got from PyPI into the build directory, each a process that waits."""

import json
import pathlib
import subprocess
import sys
import tempfile

from processes import BenchError

# What each is written in, and the version that is measured.
PINNED = {
    "cel-expr-python": ("C++", "0.1.3"),
    "common-expression-language": ("Rust", "0.10.0"),
    "zen-engine": ("Rust", "2.1.3"),
    "cel-python": ("Python", "0.5.0"),
}
SCRIPT = pathlib.Path(__file__).resolve().parent / "peer.py"
INSTALL_SECONDS = 300


class Peer:
    """One of them, at work."""

    def __init__(self, name, python, setup):
        self.name, self.python, self.setup = name, python, setup
        self.complaints = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [str(python), "-B", str(SCRIPT), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.complaints, text=True)
        self.version = self._ask(json.dumps(setup))["version"]

    def round(self):
        """Nanoseconds an evaluation, by case."""
        return self._ask("again")

    def once(self, case, count):
        """The command of one case by itself, and what to feed it."""
        command = [str(self.python), "-B", str(SCRIPT), self.name, "--once", case, str(count)]
        return command, json.dumps(self.setup) + "\n"

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)

    def _ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.process.stdout.readline()
        if not answer:
            self.process.wait(30)
            self.complaints.seek(0)
            raise BenchError(f"{self.name}: {last_line(self.complaints.read())}")
        return json.loads(answer)


def gather(folder, setup):
    """Those that are at hand, and for the others why not."""
    peers, absent = [], {}
    try:
        python = environment(folder)
    except (OSError, subprocess.SubprocessError) as error:
        return [], {name: reason(error) for name in PINNED}
    for name, (_, version) in PINNED.items():
        try:
            install(python, name, version)
            peers.append(Peer(name, python, setup))
        except (OSError, subprocess.SubprocessError, BenchError) as error:
            absent[name] = reason(error)
    return peers, absent


def environment(folder):
    """The python of a virtual environment."""
    python = folder / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", "--clear", str(folder)])
    return python


def install(python, name, version):
    """Asks the registry only for what is not there."""
    query = f"import importlib.metadata as m; print(m.version({name!r}))"
    there = subprocess.run([str(python), "-c", query], capture_output=True, text=True)
    if there.stdout.strip() != version:
        run([
            str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--only-binary", ":all:", "--retries", "1", "--timeout", "20", f"{name}=={version}",
        ])


def run(command):
    subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS,
        stdin=subprocess.DEVNULL)


def reason(error):
    """Why something failed, on a line."""
    if isinstance(error, subprocess.CalledProcessError):
        return last_line(error.stderr or error.stdout or str(error))
    return last_line(str(error))


def last_line(text):
    return (text.strip().splitlines() or ["no reason given"])[-1][:200]
