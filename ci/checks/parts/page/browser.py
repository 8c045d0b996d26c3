"""A headless Chromium, told what to do over its DevTools protocol. Every wait has a limit."""
import json
import os
import shutil
import subprocess
import tempfile
import time

import websocket

LIMIT_S = 60  # a browser that has not answered after this long is not going to
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " "), "ArrowRight": (39, ""), "ArrowDown": (40, "")}


class Browser:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="igd-page-")
        options = ["--headless=new", "--remote-debugging-port=0", "--remote-allow-origins=*", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", "--disable-sync",
                   "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=" + self.folder]
        if os.geteuid() == 0:
            options.append("--no-sandbox")  # Chromium refuses to have one as root
        self.process = subprocess.Popen(["chromium", *options, "about:blank"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        self.number, self.events, self.sessions = 0, [], None
        self.socket = websocket.create_connection(self.address(), timeout=LIMIT_S, max_size=None)
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(domain + ".enable")

    def address(self):
        """Chromium says on stderr where it listens; its end ends the reading too."""
        for line in self.process.stderr:
            if line.startswith("DevTools listening on "):
                return line.split()[-1]
        raise RuntimeError("chromium did not start")

    def receive(self, until):
        """Reads until a message for which `until` holds; events on the way are kept."""
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            message = json.loads(self.socket.recv())
            if "method" in message:
                self.events.append(message)
            if until(message):
                return message
        raise TimeoutError("chromium did not answer")

    def send(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        answer = self.receive(lambda m: m.get("id") == self.number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, url):
        """Opens a page and gives the seconds until it was loaded and drawn."""
        self.go("about:blank")
        self.events.clear()
        began = time.monotonic()
        self.go(url)
        self.drawn()
        return time.monotonic() - began

    def go(self, url):
        """Each navigation has a load event of its own, which can come before the answer to it."""
        before = len(self.events)
        self.send("Page.navigate", url=url)
        if not any(e["method"] == "Page.loadEventFired" for e in self.events[before:]):
            self.receive(lambda m: m.get("method") == "Page.loadEventFired")

    def drawn(self):
        self.ask("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))")

    def ask(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def key(self, name, shift=False):
        code, text = KEYS[name]
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=name, code="Space" if name == " " else name,
                      windowsVirtualKeyCode=code, text=text if kind == "keyDown" else "", modifiers=8 if shift else 0)

    def tab_to(self, selector, shift=False):
        """Presses Tab until the focus is on such an element. Gives how often, or 0."""
        for count in range(1, 80):
            self.key("Tab", shift)
            if self.ask(f"document.activeElement.matches({json.dumps(selector)})"):
                return count
        return 0

    def turn(self, act):
        """Does something that changes the fragment, and waits until that is drawn."""
        self.ask("window.turned = new Promise(r => addEventListener('hashchange', () => setTimeout(() => r(true)), {once: true})); 1")
        act()
        self.ask("Promise.race([window.turned, new Promise((r, e) => setTimeout(() => e(Error('no hashchange')), 10000))])")
        self.drawn()

    def complaints(self):
        """What the console got, exceptions, and what was asked of a network, of the page that is open."""
        said = [e["params"] for e in self.events if e["method"] in
                ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")]
        asked = [e["params"]["request"]["url"][:200] for e in self.events if e["method"] == "Network.requestWillBeSent"
                 and not e["params"]["request"]["url"].startswith("data:")]
        return said, asked[1:]  # the first is the page itself

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(LIMIT_S)
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)
