"""The power is cut: the instance lives on a file system of its own that goes down without writing
what it has not written yet (TRUST 3.2).  Wants root and loop devices."""
import ctypes
import fcntl
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import batches
import fire
import xiaoao

PROGRAMS = ' '.join(dict.fromkeys(f'{fire.PROGRAMS} {batches.PROGRAMS}'.split()))
GOING_DOWN, WITHOUT_LOG = 0x8004587d, 2       # EXT4_IOC_SHUTDOWN: _IOR('X', 125, __u32)


class Machine:
    """An instance on a disk of its own, to be cut and started again."""

    def __init__(self, build, template):
        self.build, self.batches = build, None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='xo-power-', dir='/tmp'))
        os.chmod(self.folder, 0o755)
        self.disk, self.home = self.folder / 'disk', self.folder / 'home'
        self.home.mkdir()
        self.ports = xiaoao.free_ports(2)
        subprocess.run(['truncate', '-s', '3G', self.disk], check=True)
        subprocess.run(['mkfs.ext4', '-q', '-F', self.disk], check=True)
        self.mount()
        os.chmod(self.home, 0o755)
        subprocess.run(['cp', '-a', template, self.home / 'data'], check=True)
        self.start()

    def mount(self):
        subprocess.run(['mount', '-o', 'loop', self.disk, self.home], check=True)

    def start(self):
        command = [xiaoao.TOP / 'conf/run', 'start', '--home', self.home, '--build', self.build, '--no-build',
                   '--office-port', self.ports[0], '--portal-port', self.ports[1], '--memory', '128M',
                   '--only', PROGRAMS]
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        # what the installation wrote is old when the power goes
        subprocess.run(['sync', '-f', self.home], check=True)
        self.instance = xiaoao.Instance(self.home, self.build, PROGRAMS)

    def cut(self):
        """Everything stops at once; nothing is answered after it, nothing more is written."""
        house = fire.House(self.instance)
        pids = processes(house.supervisor)
        for pid in pids:
            kill(pid, signal.SIGSTOP)
        # a thread that still ran would see errors that no power cut gives
        xiaoao.wait_for(lambda: not any(map(moves, pids)), 10, 'a standstill')
        fd = os.open(self.home, os.O_RDONLY)
        fcntl.ioctl(fd, GOING_DOWN, ctypes.c_uint32(WITHOUT_LOG))
        os.close(fd)
        # nginx first and the supervisor last: the kernel wakes stopped children of one that dies
        for pid in reversed(pids):
            kill(pid, signal.SIGKILL)
        self.instance._db = None

    def restart(self):
        """As a machine does when the power is back; the seconds until the sites answer."""
        start = time.monotonic()
        xiaoao.wait_for(self.unmounted, 20, 'the end of all processes')
        self.mount()
        self.start()
        return time.monotonic() - start

    def unmounted(self):
        return subprocess.run(['umount', self.home], capture_output=True).returncode == 0

    def end(self):
        if os.path.ismount(self.home):
            self.instance.run('stop', check=False)
            xiaoao.wait_for(self.unmounted, 20, 'umount')
        shutil.rmtree(self.folder, ignore_errors=True)


def kill(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def moves(pid):
    """Whether any thread of a process is not stopped yet."""
    try:
        for task in os.listdir(f'/proc/{pid}/task'):
            with open(f'/proc/{pid}/task/{task}/stat', encoding='ascii') as f:
                if f.read().rsplit(')', 1)[1].split()[0] not in 'TtZX':
                    return True
    except OSError:
        pass
    return False


def processes(root):
    """A process and all below it, from the top."""
    found = [root]
    for pid in found:
        try:
            with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as f:
                found += map(int, f.read().split())
        except OSError:
            pass
    return found


def possible():
    """Why there can be no power cut here; '' when there can."""
    if os.getuid() != 0:
        return 'wants root'
    with tempfile.TemporaryDirectory(prefix='xo-try-', dir='/tmp') as d:
        subprocess.run(['truncate', '-s', '8M', f'{d}/disk'], check=True)
        subprocess.run(['mkfs.ext4', '-q', '-F', f'{d}/disk'], check=True)
        os.mkdir(f'{d}/mount')
        done = subprocess.run(['mount', '-o', 'loop', f'{d}/disk', f'{d}/mount'], capture_output=True, text=True)
        if done.returncode != 0:
            return 'no loop devices: ' + re.sub(r'\s+', ' ', done.stderr)
        subprocess.run(['umount', f'{d}/mount'], check=True)
    return ''


def weaken(instance):
    """The negative control: commits that wait for no disk.  The log goes through the page cache,
    as on a system without direct writes; else it is on the disk by luck."""
    instance.sql('SET GLOBAL innodb_log_file_buffering = ON, GLOBAL innodb_flush_log_at_trx_commit = 2,'
                 ' GLOBAL sync_binlog = 0, GLOBAL innodb_flush_log_at_timeout = 2700,'
                 # a page that is written has its log on the disk before it
                 ' GLOBAL innodb_max_dirty_pages_pct_lwm = 0')


def run(machine, seed, seconds, weak=False, aimed=False):
    """Orders and batches until the cut; both, to be checked, and the seconds of the restart. aimed: the cut waits until the close
    is at a piece in its middle."""
    work = machine.batches = machine.batches or batches.Batches(machine.instance)
    work.prepare(seconds, aimed)
    if weak:
        weaken(machine.instance)
    rig = fire.Rig(machine.instance, seed, think=0.02, units=100000, buyers=32, companies=16)
    work.start()
    rig.cut(seconds, lambda: (work.at_aim.wait(60 if aimed else 0), work.cut(machine.cut)))
    took = machine.restart()
    rig.instance = machine.instance
    return rig, work, took
