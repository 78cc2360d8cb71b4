"""How many threads serve best: the cores that this process may really use.

`os.cpu_count()` names the host's logical CPUs even in a container that may use one of them. And in llama.cpp every
thread has a share of each operation and waits for the others at its end: one on a slow core, or on a core that another
thread keeps busy, holds all of them back.
"""

from __future__ import annotations

import os
from math import floor
from pathlib import Path, PurePosixPath

# Of the fastest core's capacity. Big and prime cores of one processor have 80 % and more, little ones 60 % and less.
FAST = 0.75


def usable_cores(root: Path = Path("/")) -> int:
    """Fast physical cores left by the affinity mask and by every cgroup CPU quota above this process, at least 1.

    `root` is the file system to read /proc and /sys from. Where it does not tell, every CPU counts as a core.
    """
    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    cores = physical_cores(fast_cpus(affinity, root), root)
    quota = cpu_quota(root)
    # Threads beyond the quota use it up early in each period, and then the kernel stops all of them, Jupyter's too.
    return cores if quota is None else max(1, min(cores, floor(quota)))


def fast_cpus(cpus: set[int], root: Path = Path("/")) -> set[int]:
    """Those of the logical CPUs that are not much slower than the fastest among them.

    llama.cpp, too, leaves out the efficiency cores of Intel's hybrid processors (`cpu_get_num_math` in its
    common/common.cpp); it asks CPUID for them, which Python cannot. ARM's are told by their capacity.
    """
    cpus = cpus & _cpu_list(root / "sys/devices/cpu_core/cpus") or cpus
    capacities = {cpu: _capacity(root / f"sys/devices/system/cpu/cpu{cpu}/cpu_capacity") for cpu in cpus}
    fastest = max(capacities.values())
    return {cpu for cpu, capacity in capacities.items() if capacity >= FAST * fastest}


def physical_cores(cpus: set[int], root: Path = Path("/")) -> int:
    """Cores that the logical CPUs belong to: two hyperthreads of one core share its arithmetic units.

    llama.cpp's own default (`cpu_get_num_physical_cores` in its common/common.cpp): as many threads as there are
    different sets of siblings, also where there is but one. Here, only CPUs of the affinity mask are counted.
    """
    return len({_siblings(cpu, root) for cpu in cpus})


def _siblings(cpu: int, root: Path) -> frozenset[int]:
    topology = root / f"sys/devices/system/cpu/cpu{cpu}/topology"
    # One list by two names: `thread_siblings_list` is the one before Linux 5.3, and deprecated.
    listed = _cpu_list(topology / "core_cpus_list") or _cpu_list(topology / "thread_siblings_list")
    return frozenset(listed | {cpu})


def _cpu_list(file: Path) -> set[int]:
    """A list such as 0-3,8 of the kernel's; empty if there is none."""
    cpus: set[int] = set()
    try:
        for part in file.read_text().split(","):
            first, _, last = part.partition("-")
            cpus.update(range(int(first), int(last or first) + 1))
    except (OSError, ValueError):
        return set()
    return cpus


def _capacity(file: Path) -> int:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 1024  # that of the fastest core, by the kernel's definition


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
