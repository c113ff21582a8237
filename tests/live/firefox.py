"""A headless Firefox, driven over Marionette, its own protocol: length:[0, number, command, parameters]. Standard library only."""
import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        (Path(self.profile.name) / "user.js").write_text('user_pref("marionette.port", 0);\n')
        self.program = subprocess.Popen([PROGRAM, "--headless", "--marionette", "--profile", self.profile.name],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.number, self.socket = 0, socket.create_connection(("127.0.0.1", self.port()), timeout=120)
        self.answers = self.socket.makefile("rb")
        self.answer()  # who it is
        self.send("WebDriver:NewSession", capabilities={})

    def port(self):
        """Where it listens, which it writes into its profile once it does."""
        for _ in range(600):
            try:
                return int((Path(self.profile.name) / "MarionetteActivePort").read_text())
            except (FileNotFoundError, ValueError):
                time.sleep(0.1)
        raise RuntimeError("Firefox does not answer")

    def answer(self):
        length = b""
        while not length.endswith(b":"):
            length += self.answers.read(1)
        return json.loads(self.answers.read(int(length[:-1])))

    def send(self, command, **parameters):
        self.number += 1
        message = json.dumps([0, self.number, command, parameters]).encode()
        self.socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self.answer()
        if error:
            raise RuntimeError(error["message"])
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def open(self, path):
        self.send("WebDriver:Navigate", url=path.as_uri())

    def run(self, script, *arguments):
        return self.send("WebDriver:ExecuteScript", script=script, args=list(arguments))

    def close(self):
        self.program.terminate()
        self.program.wait()
        self.answers.close()
        self.socket.close()
        self.profile.cleanup()
