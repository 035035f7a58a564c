"""Rolling reload under load: people at two programs while one after the other is replaced."""
import contextlib
import os
import signal
import threading
import time

import fire


class Load:
    """Requests without pause and without a second try: a page, and an order, in turn.

    A page that a killed worker held is asked again by nginx; an order never is."""

    def __init__(self, field, threads=16):
        self.field, self.answers, self.over = field, {}, threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(b, i), daemon=True)
                        for i, b in enumerate(field.buyers[:threads])]

    def run(self, browser, number):
        turn = number
        while not self.over.is_set():
            turn += 1
            if turn % 2:
                status, _ = browser.send('GET', '/entry/')
            else:
                order = fire.Intention(fire.unique('po'), {self.field.codes[turn % len(self.field.codes)]: 1},
                                       fire.secrets.token_hex(16), browser.party)
                status, _ = browser.send('POST', '/entry/save', order.fields())
            self.answers[status] = self.answers.get(status, 0) + 1
        browser.hang_up()

    def __enter__(self):
        for t in self.threads:
            t.start()
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.over.set()
        for t in self.threads:
            t.join(40)

    @property
    def lost(self):
        return {k: n for k, n in self.answers.items() if k not in (200, 303)}


def rolling(instance, times):
    """(answers by status, reloads); none may be lost."""
    field = fire.Field(instance, lots=8, units=1000000, companies=16, buyers=16, approvers=1)
    with Load(field) as load:
        for _ in range(times):
            instance.run('reload', 'portal-entry')
    return load


def brutal(instance, times):
    """The negative control: all workers killed instead of drained."""
    field = fire.Field(instance, lots=8, units=1000000, companies=16, buyers=16, approvers=1)
    house = fire.House(instance)
    with Load(field) as load:
        for _ in range(times):
            for pid in house.pids('portal-entry'):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
            time.sleep(0.5)
    return load
