from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qwen_magic.engines import threads
from qwen_magic.engines.threads import cpu_quota, fast_cpus, physical_cores, usable_cores


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


CPU = "sys/devices/system/cpu/cpu"


def siblings(*cores, name="core_cpus_list"):
    """The files of processors whose hyperthreads are listed core by core: `siblings("0,4", "1,5")`."""
    return {f"{CPU}{cpu}/topology/{name}": f"{core}\n" for core in cores for cpu in threads_of(core)}


def threads_of(core):
    first, _, last = core.replace(",", "-").partition("-")
    return {first, last or first}


def capacities(*values):
    return {f"{CPU}{cpu}/cpu_capacity": f"{value}\n" for cpu, value in enumerate(values)}


# A Core i9-12900: 8 performance cores of two threads each, 8 efficiency cores of one.
ALDER_LAKE = {
    "sys/devices/cpu_core/cpus": "0-15\n",
    "sys/devices/cpu_atom/cpus": "16-23\n",
    **siblings(*(f"{cpu}-{cpu + 1}" for cpu in range(0, 16, 2)), *map(str, range(16, 24))),
}


@pytest.fixture
def mask(monkeypatch):
    return lambda *cpus: monkeypatch.setattr(threads.os, "sched_getaffinity", lambda pid: set(cpus), raising=False)


@pytest.mark.parametrize("name", ["core_cpus_list", "thread_siblings_list"])
@pytest.mark.parametrize(
    ("cores", "cpus", "count"),
    [
        (("0,2", "1,3"), {0, 1, 2, 3}, 2),
        (("0-1", "2-3"), {0, 1, 2, 3}, 2),
        (("0", "1"), {0, 1}, 2),
        (("0-1",), {0, 1}, 1),
        (("0-1", "2-3"), {0, 2}, 2),
        (("0-1", "2-3"), {1, 2, 3}, 2),
    ],
    ids=["far", "near", "no hyperthreads", "one core", "one of each", "one and a half"],
)
def test_hyperthreads_of_one_core_count_once(root, name, cores, cpus, count):
    assert physical_cores(cpus, root(siblings(*cores, name=name))) == count


def test_siblings_that_are_unknown_are_cores(root):
    files = {**siblings("0-1"), f"{CPU}2/topology/core_cpus_list": "nonsense", f"{CPU}3/topology/core_cpus_list": ""}
    assert physical_cores({0, 1, 2, 3, 4}, root(files)) == 4


def test_efficiency_cores_hold_back_the_others(root, mask):
    mask(*range(24))
    assert fast_cpus(set(range(24)), root(ALDER_LAKE)) == set(range(16))
    assert usable_cores(root({})) == 8


@pytest.mark.parametrize(
    ("cpus", "count"),
    [(range(16, 24), 8), ((0, 1, 16, 17), 1), ((0, 2, 16), 2), ((20,), 1)],
    ids=["efficiency cores alone", "one core and two slow ones", "two of three", "one slow core"],
)
def test_of_a_hybrid_processor_only_the_mask_counts(root, mask, cpus, count):
    mask(*cpus)
    assert usable_cores(root(ALDER_LAKE)) == count


@pytest.mark.parametrize(
    ("values", "fast"),
    [
        ((406, 406, 406, 406, 1024, 1024, 1024, 1024), {4, 5, 6, 7}),
        ((284, 284, 284, 284, 871, 871, 871, 1024), {4, 5, 6, 7}),
        ((1024, 1009, 1009, 1024), {0, 1, 2, 3}),
        ((1024, 1024), {0, 1}),
        ((480, 480, 480), {0, 1, 2}),
        ((1024, "nonsense", 400), {0, 1}),
    ],
    ids=["big and little", "a prime core", "favoured cores", "all alike", "slow alike", "garbage"],
)
def test_little_cores_hold_back_the_others(root, values, fast):
    assert fast_cpus(set(range(len(values))), root(capacities(*values))) == fast


def test_little_cores_alone_in_the_mask(root, mask):
    mask(0, 1, 2)
    assert usable_cores(root(capacities(406, 406, 406, 406, 1024, 1024, 1024, 1024))) == 3


def test_lists_that_are_garbage_leave_every_core(root):
    files = {"sys/devices/cpu_core/cpus": "all of them", "sys/devices/cpu_atom/cpus": ""}
    assert usable_cores(root(files)) == 16


def test_a_quota_counts_cores_that_the_processor_has(root, mask):
    mask(*range(24))
    files = {**ALDER_LAKE, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "1200000 100000"}
    assert usable_cores(root(files)) == 8
    assert usable_cores(root({"sys/fs/cgroup/cpu.max": "300000 100000"})) == 3


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
