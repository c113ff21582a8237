"""A headless Chromium, driven over its own protocol, JSON on a pipe, each message ended by a zero. Standard library only."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--allow-file-access-from-files", "--no-startup-window", "--remote-debugging-pipe"]
KEYS = {"Tab": 9, "Enter": 13, "ArrowRight": 39}


def missing():
    """The program that is not here, if one is not."""
    return None if shutil.which("chromium") else "chromium"


class Browser:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        (theirs, self.to), (self.back, answers) = os.pipe(), os.pipe()
        self.program = subprocess.Popen(["sh", "-c", f'exec chromium "$@" 3<&{theirs} 4>&{answers}', "sh", *FLAGS, f"--user-data-dir={self.profile.name}"],
                                        pass_fds=(theirs, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs), os.close(answers)
        self.number, self.read, self.heard, self.loaded, self.page = 0, b"", [], set(), {}
        target = self.devtools("Target.createTarget", url="about:blank")["targetId"]
        self.page = {"sessionId": self.devtools("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        for domain in ("Page", "Runtime", "Log"):
            self.devtools(f"{domain}.enable")
        self.devtools("Page.setLifecycleEventsEnabled", enabled=True)

    def close(self):
        self.page = {}
        try:
            self.devtools("Browser.close")
            self.program.wait(20)
        finally:
            self.program.kill()
            os.close(self.to), os.close(self.back)
            self.profile.cleanup()

    def message(self):
        """The next one; what it says of the page is kept."""
        while b"\0" not in self.read:
            if not select.select([self.back], [], [], 120)[0]:
                raise TimeoutError("Chromium does not answer")
            part = os.read(self.back, 1 << 20)
            if not part:
                raise RuntimeError("Chromium has ended")
            self.read += part
        first, self.read = self.read.split(b"\0", 1)
        message = json.loads(first)
        said = message.get("params", {})
        if message.get("method") == "Page.lifecycleEvent" and said["name"] == "load":
            self.loaded.add(said["loaderId"])
        elif message.get("method") == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.heard.append(f"{said['entry'].get('url', '')} {said['entry']['text']}")
        elif message.get("method") == "Runtime.exceptionThrown":
            self.heard.append(json.dumps(said["exceptionDetails"]))
        elif message.get("method") == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
            self.heard.append(" ".join(str(argument.get("value", argument)) for argument in said["args"]))
        return message

    def devtools(self, command, **parameters):
        self.number += 1
        left = json.dumps({"id": self.number, "method": command, "params": parameters, **self.page}).encode() + b"\0"
        while left:
            left = left[os.write(self.to, left):]
        while (answer := self.message()).get("id") != self.number:
            pass
        if "error" in answer:
            raise RuntimeError(f"{command}: {answer['error']['message']}")
        return answer["result"]

    def go(self, address):
        loader = self.devtools("Page.navigate", url=address).get("loaderId")
        while loader and loader not in self.loaded:
            self.message()

    def open(self, path):
        self.go(path.as_uri())

    def run(self, script, *arguments):
        """What a function body returns in the page; a promise is waited for."""
        call = f"(function () {{{script}\n}})(...{json.dumps(arguments)})"
        answer = self.devtools("Runtime.evaluate", expression=call, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["result"].get("description", answer["exceptionDetails"]["text"]))
        return answer["result"].get("value")

    def show(self, width, scheme="light", media="screen"):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
        self.devtools("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def said(self):
        """Errors and warnings in the console since it was last asked."""
        heard, self.heard = self.heard, []
        return heard

    def press(self, *keys):
        """Keys by name, or letters."""
        for key in keys:
            text = {"Enter": "\r"}.get(key, key if key not in KEYS else "")
            for kind in ("keyDown", "keyUp"):
                self.devtools("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=KEYS.get(key, 0), text=text)

    def drag(self, start, *over):
        """The mouse pressed at a point, moved over others and let go at the last: without others, a click."""
        ways = [("mouseMoved", start, 0), ("mousePressed", start, 1), *(("mouseMoved", point, 1) for point in over), ("mouseReleased", [start, *over][-1], 0)]
        for kind, (x, y), buttons in ways:
            self.devtools("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=buttons, clickCount=1)

    def tap(self, x, y):
        for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
            self.devtools("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    def pdf(self):
        return base64.b64decode(self.devtools("Page.printToPDF", preferCSSPageSize=True, paperWidth=8.27, paperHeight=11.69)["data"])
