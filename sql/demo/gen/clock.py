"""Days, working hours and due dates.

A moment is a whole number of seconds since midnight of the first day, UTC. Offices work from 00:40
to 09:40 UTC (08:40 to 17:40 in China), so a moment of work has the same date in both.
"""

import calendar
from bisect import bisect_left
from datetime import date, timedelta

from .out import rows

OPEN, SHIFT = 2400, 32400
DAY_S = 86400


class Clock:
    def __init__(self, start, today, now_s):
        self.start = start
        self.last = (today - start).days
        self.now = self.last * DAY_S + now_s
        self.dates = [start + timedelta(days=i) for i in range(self.last + 900)]
        self.days = [d.isoformat() for d in self.dates]
        self.compact = [d.strftime("%Y%m%d") for d in self.dates]
        self.hms = ["%02d:%02d:%02d" % (s // 3600, s // 60 % 60, s % 60) for s in range(DAY_S)]
        rest = exceptions()
        self.works = [rest.get(d, d.weekday() < 5) for d in self.dates]
        self.workdays = [i for i, w in enumerate(self.works) if w]
        self.turn = [bisect_left(self.workdays, i) for i in range(len(self.dates))]
        self.terms = {}

    def text(self, t):
        return self.days[t // DAY_S] + " " + self.hms[t % DAY_S]

    def add(self, t, hours):
        """The moment so many working hours later."""
        day, s = divmod(t, DAY_S)
        work = self.turn[day] * SHIFT
        if self.works[day]:
            work += min(max(s - OPEN, 0), SHIFT - 1)
        turn, s = divmod(work + int(hours * 3600), SHIFT)
        return self.workdays[turn] * DAY_S + OPEN + s

    def workday(self, day):
        """This day, or the next that is worked."""
        return self.workdays[self.turn[day]]

    def index_of(self, text):
        return self.index(date.fromisoformat(text))

    def index(self, d):
        return (d - self.start).days

    def due(self, terms, base):
        """Day on which an invoice of day base falls due; a rest day moves on (DOMAIN 3.3)."""
        table = self.terms.get(terms)
        if table is None:
            table = self.terms[terms] = {}
        day = table.get(base)
        if day is None:
            day = table[base] = self.workday(self.index(due_date(terms, self.dates[base])))
        return day


def terms_of(name):
    """(kind, days, cut day, pay day, months) of NET45, EOM30, MONTH25 or PREPAY."""
    if name == "PREPAY":
        return ("prepaid", 0, None, None, None)
    if name.startswith("NET"):
        return ("net", int(name[3:]), None, None, None)
    if name.startswith("EOM"):
        return ("eom", int(name[3:]), None, None, None)
    return ("monthly", 0, int(name[5:]), 10, 2)


def due_date(name, base):
    kind, days, cut, pay_day, months = terms_of(name)
    if kind == "net":
        return base + timedelta(days=days)
    if kind == "eom":
        return base.replace(day=calendar.monthrange(base.year, base.month)[1]) + timedelta(days=days)
    if kind == "monthly":
        turn = base.year * 12 + base.month - 1 + months + (1 if base.day > cut else 0)
        year, month = turn // 12, turn % 12 + 1
        return date(year, month, min(pay_day, calendar.monthrange(year, month)[1]))
    return base


def exceptions():
    """Days that differ from the Monday to Friday week."""
    found = {}
    for r in rows("calendar"):
        day, end = date.fromisoformat(r["from"]), date.fromisoformat(r["to"])
        while day <= end:
            found[day] = r["working"] == "1"
            day += timedelta(days=1)
    return found
