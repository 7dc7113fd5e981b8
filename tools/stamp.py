"""Remember what a finished step was made from, so that it is redone when that changes."""

import hashlib
from pathlib import Path

# Python loads the tests from their files, whatever the database holds.
IGNORED = {"__pycache__", "tests"}


def digest(*inputs):
    """Return a short digest of texts and of the contents of files, given as paths."""
    result = hashlib.sha256()
    for item in inputs:
        content = item.read_bytes() if isinstance(item, Path) else item.encode()
        result.update(b"%d:" % len(content) + content)
    return result.hexdigest()[:12]


def tree_digest(*folders):
    """Return a short digest of all files below ``folders`` that end up in a database."""
    files = (
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pot" and not IGNORED.intersection(path.parts)
    )
    return digest(*(part for path in files for part in (str(path), path)))


class Stamp:
    """A file that says from which inputs a folder was completely made."""

    def __init__(self, folder, key):
        self._path = folder / ".stamp"
        self._key = key

    def is_current(self):
        """Tell whether the folder is complete and made from these inputs."""
        return self._path.is_file() and self._path.read_text() == self._key

    def clear(self):
        """Declare the folder unfinished."""
        self._path.unlink(missing_ok=True)

    def write(self):
        """Declare the folder finished."""
        self._path.write_text(self._key)
