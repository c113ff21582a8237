"""examples/slurm.sbatch on a real Slurm of two nodes, both on this machine: an array of shards, one of them requeued while it
runs and one at the end of its time, and the merge after it, give the bytes of one run."""

import os
import pathlib
import shutil
import socket
import subprocess
import time
import unittest

from probes import PROBES, SANITIZED, ProbeTest, main

SCRIPT = pathlib.Path(__file__).parents[2] / "examples" / "slurm.sbatch"
PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo"]
CONFIGURATION = """ClusterName=evanesce
SlurmctldHost={host}(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={ports[0]}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1
MailProg=/bin/true
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1
PartitionName=all Nodes=n1,n2 Default=YES State=UP
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


@unittest.skipIf(SANITIZED, "the programs Slurm starts are not what is to be sanitized")
class Slurm(ProbeTest):
    def setUp(self):
        super().setUp()
        self.folder = self.empty_folder("slurm-")  # whose own files take no blank
        os.environ["PATH"] += ":/usr/sbin:/sbin"
        missing = [name for name in PROGRAMS if not shutil.which(name)]
        if missing:
            self.skipTest(f"not installed: {', '.join(missing)}")
        for name in ("munge", "state", "spool-n1", "spool-n2"):
            (self.folder / name).mkdir(mode=0o700)
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        host = socket.gethostname().split(".")[0]
        (self.folder / "slurm.conf").write_text(
            CONFIGURATION.format(folder=self.folder, user=user, host=host, ports=free_ports(3)))
        (self.folder / "munge/key").write_bytes(os.urandom(1024))
        (self.folder / "munge/key").chmod(0o600)
        self.slurm = self.environment(SLURM_CONF=str(self.folder / "slurm.conf"))
        munge = {option: f"{self.folder}/munge/{name}" for option, name in
                 (("socket", "socket"), ("key-file", "key"), ("log-file", "log"), ("pid-file", "pid"), ("seed-file", "seed"))}
        self.daemon("munge/pid", "munged", "--force", *(f"--{option}={path}" for option, path in munge.items()))
        self.daemon("slurmctld.pid", "slurmctld", "-c")
        for node in ("n1", "n2"):
            self.daemon(f"{node}.pid", "slurmd", "-N", node)
        if not self.wait_for(lambda: self.say("sinfo", "-h", "-o", "%D %t").split() == ["2", "idle"], 30):
            self.skipTest(f"Slurm does not come up here: {self.say('sinfo', '-N')}")

    def daemon(self, pid_file, *command):
        """Started in the background by itself; ended by its id."""
        started = subprocess.run(command, env=self.slurm, cwd=self.folder, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True)

        def end():
            path = self.folder / pid_file
            if path.exists():
                try:
                    os.kill(int(path.read_text()), 15)
                except ProcessLookupError:
                    return
                self.wait_for(lambda: not path.exists(), 10)
        self.addCleanup(end)
        if started.returncode:
            self.skipTest(f"{command[0]} cannot be started here: {started.stderr.strip()[-200:]}")

    def say(self, *command):
        return subprocess.run(command, env=self.slurm, cwd=self.folder, capture_output=True, text=True).stdout.strip()

    @staticmethod
    def wait_for(condition, seconds):
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            time.sleep(0.1)
        return condition()

    def submit(self, *arguments):
        job = self.say("sbatch", "--parsable", "--cpus-per-task=1", *arguments)
        self.assertTrue(job.isdigit(), job)
        return job

    def state(self, job):
        return self.say("squeue", "-h", "-o", "%t", "-j", job).split()

    def logs(self):
        return "".join(path.read_text() for path in sorted(self.folder.glob("slurm-*.out")))

    def test_an_array_of_shards_that_are_stopped_and_a_merge(self):
        grid = ["--updates", "6000", "--length", "500", "--first", "2000", "--seed", "1:4"]
        whole = self.start_probe("lasting", "--out", "whole.csv", *grid)  # cells sleep, so it disturbs nobody
        (self.folder / "build").mkdir()
        (self.folder / "build/experiments").symlink_to(PROBES)
        array = self.submit("--array=0-1", SCRIPT, "lasting", *grid)
        merge = self.submit(f"--dependency=afterany:{array}", SCRIPT, "lasting", *grid)
        for k in (0, 1):
            self.assertTrue(self.wait_for(lambda: self.state(f"{array}_{k}") == ["R"], 30), self.say("squeue"))
            self.wait_until((self.folder / f"results/lasting-{k}-of-2.sqlite").exists)
        time.sleep(0.5)  # into their first cells
        # the one is preempted, and of the other the shell alone is told that its time ends
        for k, stop in enumerate((["scontrol", "requeue"], ["scancel", "--batch", "--signal=TERM"])):
            self.say(*stop, f"{array}_{k}")
            self.assertTrue(self.wait_for(lambda: self.state(f"{array}_{k}") == ["PD"], 60), self.say("squeue"))
            self.assertEqual(self.logs().count("lasting: interrupted: "), k + 1)
            self.say("scontrol", "update", f"jobid={array}_{k}", "StartTime=now")
        self.assertTrue(self.wait_for(lambda: self.state(array) == [], 300), self.say("squeue") + self.logs())
        self.assertTrue(self.wait_for(lambda: self.state(merge) == [], 300), self.say("squeue") + self.logs())
        _, said = whole.communicate()
        self.assertEqual(whole.returncode, 0, said)
        self.assertEqual(self.bytes_of("results/lasting.csv"), self.bytes_of("whole.csv"), self.logs())
        self.assertEqual(self.bytes_of("results/lasting.summary.csv"), self.bytes_of("whole.summary.csv"))
        for k in (0, 1):
            self.assertIn(f"results/lasting-{k}-of-2.sqlite", self.names())


if __name__ == "__main__":
    main()
