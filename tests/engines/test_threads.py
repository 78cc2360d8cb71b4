from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qwen_magic.engines import threads
from qwen_magic.engines.threads import cpu_quota, usable_cores


@pytest.fixture
def root(tmp_path):
    """A file system of files: `root({"proc/self/cgroup": "0::/"})`."""

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


@pytest.fixture(autouse=True)
def sixteen_cores(monkeypatch):
    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)


V2 = "0::/user.slice/app\n"
V1 = "12:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/docker/abc\n"


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 16),
        ({"proc/self/cgroup": V2}, 16),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/user.slice/app/cpu.max": "max 100000\n"}, 16),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/user.slice/app/cpu.max": "400000 100000\n"}, 4),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "200000 100000\n"}, 2),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/user.slice/app/cpu.max": "250000 100000\n"}, 2),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/user.slice/app/cpu.max": "50000 100000\n"}, 1),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/user.slice/app/cpu.max": "9900000 100000\n"}, 16),
        ({"proc/self/cgroup": V2, "sys/fs/cgroup/user.slice/app/cpu.max": "nonsense"}, 16),
        ({"proc/self/cgroup": "nonsense\n\n"}, 16),
    ],
    ids=["no cgroup", "no quota", "max", "4", "root", "rounded down", "below one", "above", "garbage", "no groups"],
)
def test_quota_of_cgroup_v2(root, files, cores):
    assert usable_cores(root(files)) == cores


def test_a_parent_may_be_tighter(root):
    files = {
        "proc/self/cgroup": V2,
        "sys/fs/cgroup/user.slice/app/cpu.max": "800000 100000",
        "sys/fs/cgroup/user.slice/cpu.max": "300000 100000",
    }
    assert usable_cores(root(files)) == 3


def test_in_a_container_the_path_may_be_the_hosts(root):
    files = {"proc/self/cgroup": "0::/system.slice/docker-abc.scope\n", "sys/fs/cgroup/cpu.max": "150000 100000"}
    assert cpu_quota(root(files)) == 1.5


@pytest.mark.parametrize("mount", ["cpu", "cpu,cpuacct"])
@pytest.mark.parametrize("group", ["docker/abc/", ""])
def test_quota_of_cgroup_v1(root, mount, group):
    folder = f"sys/fs/cgroup/{mount}/{group}"
    files = {
        "proc/self/cgroup": V1,
        f"{folder}cpu.cfs_quota_us": "600000\n",
        f"{folder}cpu.cfs_period_us": "100000\n",
    }
    assert usable_cores(root(files)) == 6


def test_a_quota_of_minus_one_is_none_in_cgroup_v1(root):
    folder = "sys/fs/cgroup/cpu/docker/abc"
    files = {"proc/self/cgroup": V1, f"{folder}/cpu.cfs_quota_us": "-1", f"{folder}/cpu.cfs_period_us": "100000"}
    assert usable_cores(root(files)) == 16


def test_the_affinity_mask_counts_whatever_the_quota(root, monkeypatch):
    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda pid: {3, 5})
    files = {"proc/self/cgroup": V2, "sys/fs/cgroup/user.slice/app/cpu.max": "800000 100000"}
    assert usable_cores(root(files)) == 2


def test_without_affinity_masks_the_processor_counts(root, monkeypatch):
    monkeypatch.delattr(threads.os, "sched_getaffinity")
    monkeypatch.setattr(threads.os, "cpu_count", lambda: 3)
    assert usable_cores(root({})) == 3
    monkeypatch.setattr(threads.os, "cpu_count", lambda: None)
    assert usable_cores(root({})) == 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux")
def test_the_real_process_is_held_to_its_mask():
    program = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    program += "from qwen_magic.engines.threads import usable_cores; print(usable_cores())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


@pytest.mark.parametrize(
    ("given", "seen"), [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "active"}, "None")]
)
def test_threads_are_patient_unless_the_user_said_something_else(given, seen):
    program = "import os\nfrom qwen_magic.engines.native import patient_threads\n"
    program += "with patient_threads(): print(os.environ.get('GOMP_SPINCOUNT'))\n"
    program += "print(os.environ.get('GOMP_SPINCOUNT'))"
    clean = {k: v for k, v in os.environ.items() if k not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=clean | given
    )
    assert done.stdout.splitlines() == [seen, given.get("GOMP_SPINCOUNT", "None")]
