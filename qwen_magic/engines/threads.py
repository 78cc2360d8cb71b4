"""How many threads serve best: the cores that this process may really use.

`os.cpu_count()` names the host's cores even in a container that may use one of them.
"""

from __future__ import annotations

import os
from math import floor
from pathlib import Path, PurePosixPath


def usable_cores(root: Path = Path("/")) -> int:
    """Cores left by the affinity mask and by every cgroup CPU quota above this process, at least 1.

    `root` is the file system to read /proc and /sys from.
    """
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cpu_quota(root)
    return max(1, min(affinity, affinity if quota is None else max(1, floor(quota))))


def cpu_quota(root: Path = Path("/")) -> float | None:
    """The tightest CPU quota, in cores, of this process' cgroup and its ancestors; None if unlimited."""
    try:
        memberships = (root / "proc/self/cgroup").read_text(errors="replace").splitlines()
    except OSError:
        return None
    quotas: list[float] = []
    for line in memberships:
        _, _, membership = line.partition(":")
        controllers, _, path = membership.partition(":")
        if not controllers:
            mount, read = "sys/fs/cgroup", _quota_v2
        elif "cpu" in controllers.split(","):
            mount, read = _mount_v1(root, controllers), _quota_v1
        else:
            continue
        # In a container the path may be the host's and absent here; its own group is then the mount's root.
        group = PurePosixPath(path.lstrip("/"))
        levels = (root / mount / level for level in (group, *group.parents))
        quotas += [q for level in levels if (q := read(level)) is not None]
    return min(quotas, default=None)


def _mount_v1(root: Path, controllers: str) -> str:
    # Named after all its controllers; most systems link `cpu` there, some minimal containers do not.
    named = f"sys/fs/cgroup/{controllers}"
    return named if (root / named).is_dir() else "sys/fs/cgroup/cpu"


def _quota_v2(group: Path) -> float | None:
    try:
        quota, period = (group / "cpu.max").read_text().split()
    except (OSError, ValueError):
        return None
    return None if quota == "max" else int(quota) / int(period)


def _quota_v1(group: Path) -> float | None:
    try:
        quota = int((group / "cpu.cfs_quota_us").read_text())
        period = int((group / "cpu.cfs_period_us").read_text())
    except (OSError, ValueError):
        return None
    return None if quota <= 0 else quota / period
