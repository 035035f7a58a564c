"""The database's socket with somebody on the line: forwards what programs and MariaDB say to each other, and cuts the
connection at the n-th thing said after `at(n)`, or at the first answer `when(see)` sees something, before it is passed on.
(TRUST.md G13.)"""
import contextlib
import os
import socket
import threading
import time

QUIET = 0.2     # seconds without a word: who lost his connection has a new one, and has prepared his statements


class Line:
    def __init__(self, path):
        self.path, self.real = path, f'{path}.real'
        self.lock = threading.Lock()
        self.left = 0               # things said until the cut; 0: never
        self.said = 0               # since at()
        self.see = None             # asked at each thing the database says
        self.was_cut = False
        self.last = 0.0
        os.rename(self.path, self.real)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o777)
        self.listener.listen(64)
        threading.Thread(target=self.answer, daemon=True).start()

    def at(self, n):
        with self.lock:
            self.left, self.said, self.was_cut = n, 0, False

    def when(self, see):
        with self.lock:
            self.left, self.see, self.was_cut = 0, see, False

    def settle(self):
        """Until nobody speaks: what is said of a new connection must not count as an order's."""
        while time.monotonic() - self.last < QUIET:
            time.sleep(0.02)

    def answer(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.real)
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self.carry, args=(one, other, one is far), daemon=True).start()

    def carry(self, one, other, is_answer):
        with contextlib.suppress(OSError):
            while True:
                said = one.recv(1 << 20)
                if not said or self.cuts(is_answer):
                    break
                other.sendall(said)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cuts(self, is_answer):
        with self.lock:
            self.said += 1
            self.last = time.monotonic()
            if self.left != self.said and not (is_answer and self.see and self.see()):
                return False
            self.left, self.see, self.was_cut = 0, None, True
            return True

    def close(self):
        self.listener.close()
        os.unlink(self.path)
        os.rename(self.real, self.path)
