"""Odoo 19 from Debian's archive, its signature checked, unpacked beside the system.

Debian has it in the suite "sid" alone, so a private apt configuration asks for it
without touching the one of the system. ``ODOO_PATH`` names another Odoo.
"""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

from .console import Failure, Step, run
from .paths import BUILD, ODOO, site_packages
from .stamp import Stamp, digest

PACKAGE = "odoo-19"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
RELEASE = Path("odoo", "release.py")
LANGUAGES = ("de", "en", "es", "fr", "nb")
OTHERWISE = "; set ODOO_PATH= to an Odoo 19 source tree or installation."


def ensure():
    """Return Odoo's root, the folder to put on Python's path, fetching it if needed."""
    if os.environ.get("ODOO_PATH"):
        root = Path(os.environ["ODOO_PATH"]).resolve()
        if not (root / RELEASE).is_file():
            raise Failure(f"ODOO_PATH={root} holds no Odoo (no {RELEASE}).")
    else:
        root = ODOO
        _ensure_downloaded()
    _link(root)
    return root


def version(root):
    """Return what tells this Odoo from another one."""
    debian = root / "DEBIAN_VERSION"
    return digest(str(root), root / RELEASE, debian if debian.is_file() else "")


def _ensure_downloaded():
    stamp = Stamp(ODOO, digest(Path(__file__)))
    if stamp.is_current():
        return
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Failure(f"Odoo is fetched with apt, which is not here{OTHERWISE}")
    if not KEYRING.is_file():
        raise Failure(f"The keys of Debian's archive ({KEYRING}) are missing{OTHERWISE}")
    work = BUILD / "odoo.new"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with Step("Odoo: download"):
        package = _download(work)
    with Step("Odoo: unpack"):
        _unpack(package, work)
        (work / "DEBIAN_VERSION").write_text(package.name)
        _replace_debian_links(work)
        shutil.rmtree(work / "apt")
        Stamp(work, digest(Path(__file__))).write()
        shutil.rmtree(ODOO, ignore_errors=True)
        work.rename(ODOO)


def _download(work):
    apt = work / "apt"
    (apt / "lists" / "partial").mkdir(parents=True)
    (apt / "archives" / "partial").mkdir(parents=True)
    (apt / "status").touch()
    configuration = apt / "apt.conf"
    configuration.write_text(
        f'Dir::State "{apt}";\n'
        f'Dir::State::Lists "{apt}/lists";\n'
        f'Dir::State::Status "{apt}/status";\n'
        f'Dir::Cache "{apt}";\n'
        f'Dir::Etc::SourceList "{apt}/sources.list";\n'
        'Dir::Etc::SourceParts "-";\n'
        'APT::Sandbox::User "";\n'
        'Acquire::AllowInsecureRepositories "false";\n'
        'APT::Update::Error-Mode "any";\n'
    )
    environment = dict(os.environ, APT_CONFIG=str(configuration), LC_ALL="C.UTF-8")
    mirrors = _mirrors()
    for mirror in mirrors:
        (apt / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror} sid main\n")
        with contextlib.suppress(Failure):
            run(["apt-get", "update"], "apt", mirror, env=environment)
            run(["apt-get", "download", PACKAGE], "apt", mirror, env=environment, cwd=apt)
            return next(apt.glob(f"{PACKAGE}_*.deb"))
    if not mirrors:
        raise Failure(
            f"apt knows no mirror of Debian; name one in DEBIAN_MIRROR=, or{OTHERWISE[1:]}"
        )
    raise Failure(
        f"Odoo could not be downloaded from {' or '.join(mirrors)}; is the network up? "
        f"See build/log/apt.log{OTHERWISE}"
    )


def _mirrors():
    """Return the mirrors of Debian that this machine uses.

    Before the first ``apt-get update`` apt cannot tell who is the origin of a source;
    then all are tried, and the signature decides.
    """
    if os.environ.get("DEBIAN_MIRROR"):
        return [os.environ["DEBIAN_MIRROR"]]
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    for condition in (["Origin: Debian"], []):
        output = subprocess.run([*command, *condition], capture_output=True, text=True, check=False)
        mirrors = list(dict.fromkeys(output.stdout.split()))
        if mirrors:
            return mirrors
    return []


def _unpack(package, work):
    """Unpack what is run: no country charts, few languages, no second copy."""
    archive = subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", package.name], cwd=package.parent, stdout=subprocess.PIPE
    )
    excluded = [
        "./etc",
        "./usr/bin",
        "./usr/share",
        "./usr/lib/python3/dist-packages/addons",
        "./usr/lib/python3/dist-packages/doc",
        "*/addons/l10n_*",
        *_unwanted_languages(),
    ]
    run(
        [
            *("tar", "--extract", "--strip-components=5", "--no-same-owner", "--wildcards"),
            *(f"--exclude={pattern}" for pattern in excluded),
        ],
        "unpack",
        "Odoo's package could not be unpacked.",
        cwd=work,
        stdin=archive.stdout,
    )
    if archive.wait():
        raise Failure("Odoo's package could not be unpacked.")


def _unwanted_languages():
    """Return patterns for all translations but those of ``LANGUAGES``; tar cannot negate."""
    initials = "".join(sorted({code[0] for code in LANGUAGES}))
    yield f"*/i18n/[!{initials}]*.po"
    for initial in initials:
        seconds = "".join(code[1] for code in LANGUAGES if code[0] == initial)
        yield f"*/i18n/{initial}[!{seconds}]*.po"
    yield "*/i18n/e[!n]_*.po"


def _replace_debian_links(root):
    """Put in place what Debian's package links to in other packages."""
    static = root / "odoo" / "addons" / "web" / "static"
    xstatic = site_packages() / "xstatic" / "pkg"
    fonts = xstatic / "font_awesome" / "data" / "fonts"
    copies = {static / "lib" / "jquery" / "jquery.js": xstatic / "jquery" / "data" / "jquery.js"}
    for folder in (static / "lib", static / "src" / "libs"):
        for font in (folder / "fontawesome" / "fonts").glob("*"):
            if font.is_symlink():
                copies[font] = fonts / font.name
    for target, source in copies.items():
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)
    # Not in Debian for its licence; its absence fails every backend browser test.
    segmentation = root / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    if not segmentation.exists():
        segmentation.parent.mkdir(parents=True, exist_ok=True)
        segmentation.touch()


def _link(root):
    """Let the virtual environment import Odoo from ``root``."""
    path = site_packages() / "odoo.pth"
    if not path.is_file() or path.read_text() != f"{root}\n":
        temporary = path.with_suffix(".new")
        temporary.write_text(f"{root}\n")
        temporary.replace(path)
