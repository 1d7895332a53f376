"""Command line of a program in a root folder: own mount and process namespaces, the image's user, no privileges.

Everything is mounted in the namespace only: it is gone with the program, however that ends. The network is the
machine's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_MOUNT = """
root=$1; read_only=$2; space=$3; shift 3
mount --bind "$root" "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o mode=1777,nosuid,nodev,size="$space" tmpfs "$root/tmp"
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$root$2"; fi
  mount --bind "$1" "$root$2"
  shift 2
done
shift
if [ "$read_only" = yes ]; then mount -o remount,bind,ro "$root"; fi
exec chroot "$root" "$@"
"""


@dataclass(frozen=True)
class Inside:
    """Surroundings of the program. `binds`: paths of this machine → paths inside (a folder's must lie in /tmp).

    `space` is the size of /tmp: what the chart gives a container, or more for the steps of a build.
    """

    user: str = "0:0"
    folder: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)
    read_only: bool = False
    space: str = "64m"
    binds: Mapping[Path, str] = field(default_factory=dict)


def command(root: Path, inside: Inside, words: Sequence[str]) -> list[str]:
    """The whole command line. The program is killed if the process that started it ends."""
    uid, _, gid = inside.user.partition(":")
    drop = [] if uid == "0" else ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    user = [f"--reuid={uid}", f"--regid={gid or uid}", "--clear-groups", *drop]
    binds = [word for here, there in inside.binds.items() for word in (str(here), there)]
    return [
        *("setpriv", "--pdeathsig", "KILL"),
        *("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"),
        *("sh", "-euc", _MOUNT, "sh", str(root), "yes" if inside.read_only else "no", inside.space, *binds, "--"),
        *("/usr/bin/setpriv", "--pdeathsig", "KILL", *user),  # again: a change of user takes it away
        *("/usr/bin/env", "-i", "-C", inside.folder),
        *(f"{name}={value}" for name, value in inside.environment.items()),
        *words,
    ]
