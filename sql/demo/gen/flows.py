"""Flows: what distributors bought, sold and hold, month by month, and how they reported it.

Sender by sender, so that memory holds one at a time: goods come as our shipments arrived (or as the
supplier of the tier above sold them), leave as terminals ask by cycles of their own, first in first out.
What is so is then told as people tell it (report.py), with a known share of mistakes (faults.py).
"""

import random
from calendar import monthrange
from datetime import date
from operator import itemgetter

from .drafts import Drafts
from .faults import Faults
from .network import Network
from .out import table
from .report import Report

table("period", "period starts_on ends_on status collect_by review_by lock_by locked_by locked_at closed_by"
      " closed_at digest created_at updated_at")
table("flow_excuse", "party_id period reason created_by created_at")

MONTHS = 18
EXPONENT = 0.6          # rows of a product grow slower than its units
KEEP = 0.95             # share of the goods that is sold in the end
POISSON = []


def multipliers():
    """Draws of a Poisson variable of mean 8, over 8."""
    if not POISSON:
        rnd = random.Random("poisson")
        for _ in range(4096):
            n, t = 0, rnd.expovariate(8)
            while t < 1:
                n, t = n + 1, t + rnd.expovariate(8)
            POISSON.append(n / 8)
    return POISSON


class Month:
    __slots__ = ("period", "first", "end", "last", "n", "status", "left")

    def __init__(self, n, left, clock, year, month):
        self.n, self.left, self.period = n, left, year * 100 + month
        self.first = clock.index(date(year, month, 1))
        self.last = self.first + monthrange(year, month)[1] - 1
        self.end = min(self.last, clock.last)
        day = clock.last - self.first + 1          # of the last month when left is 0
        self.status = "open" if left == 0 else "closed" if left > 2 else "locked" if left == 2 else \
            "review" if clock.last - self.last >= 4 else "open"
        assert day > 0


def months_of(clock):
    """The last MONTHS months up to today's that begin within the days of the trade."""
    today, found = clock.dates[clock.last], []
    for left in range(MONTHS):
        turn = today.year * 12 + today.month - 1 - left
        year, month = turn // 12, turn % 12 + 1
        if date(year, month, 1) <= clock.start or year * 100 + month < 202501:
            break
        found.append((left, year, month))
    found.reverse()
    return [Month(n, left, clock, year, month) for n, (left, year, month) in enumerate(found)]


class Link:
    """One terminal (or distributor of the next tier) buying one product of one sender."""

    __slots__ = ("party", "product", "cycle", "next", "mean", "owners", "pure", "price", "name", "second", "step")


class Supply:
    """Goods on their way to a sender."""

    __slots__ = ("day", "told", "shipped", "product", "lot", "qty", "price", "supplier", "fault")

    def __init__(self, day, told, shipped, product, lot, qty, price, supplier):
        self.day, self.told, self.shipped = day, told, shipped
        self.product, self.lot, self.qty, self.price, self.supplier = product, lot, qty, price, supplier
        self.fault = None


class Flows:
    def __init__(self, out, args, clock, world, catalogue, stock, shipped):
        self.out, self.args, self.clock, self.world = out, args, clock, world
        self.shipped, self.lots = shipped, stock.lots
        self.products = {p.id: p for p in catalogue.products}
        self.network = Network(out, args, clock, world, catalogue)
        self.months = months_of(clock)
        self.many = args.flows > 1000000

    def run(self):
        self.network.make()
        if not self.months:
            return
        self.faults = Faults(self)
        self.report = Report(self)
        self.drafts = Drafts(self)
        self.rate()
        for s in self.network.senders:
            if s.parent is None:
                self.sender(s, self.from_us(s))
        self.periods()
        self.faults.close()

    def rate(self):
        """How many rows of sales a unit of goods makes, so that there are about args.flows rows in all."""
        totals = self.shipped.totals()
        weight = sum(t ** EXPONENT for (_, _), t in totals.items())
        bought = sum(len(k) for k in self.shipped.lines.values()) // 6
        share = 1.0 if any(s.children for s in self.network.senders) else 0.85     # tiers below; empty shelves
        self.per_unit = max(0.02, (self.args.flows - bought) / max(1, weight) / share)

    # -- supply -------------------------------------------------------------------

    def from_us(self, s):
        clock, rnd = self.clock, random.Random("%d/supply/%d" % (self.args.seed, s.index))
        found = []
        for shipped, signed, product, lot, qty, price in self.shipped.of(s.id):
            told = NEVER if signed < 0 else signed + rnd.choice((0, 0, 0, 0, 1, 1, 2))
            if qty > 0:
                found.append(Supply(told, told, shipped, product, lot, qty, price, None))
            if told > clock.last:
                found[-1:] = [Supply(NEVER, NEVER, shipped, product, lot, qty, price, None)] if qty > 0 else []
        return found

    # -- one sender -----------------------------------------------------------------

    def sender(self, s, supply):
        rnd = random.Random("%d/flow/%d" % (self.args.seed, s.index))
        handed = {child.id: [] for child in s.children}
        self.faults.sender(s, rnd, supply)
        links = self.links(s, rnd, supply)
        self.report.begin(s, rnd, links)
        held = {}                    # product -> [[lot, qty], ...] in the order of arrival
        first = self.months[0].first
        arrivals = sorted((x for x in supply if x.day < NEVER), key=lambda x: (x.day, x.product, x.lot))
        told = sorted(arrivals, key=lambda x: x.told)
        at = heard = 0
        while heard < len(told) and told[heard].told < first:
            heard += 1
        while at < len(arrivals) and arrivals[at].day < first:
            put(held, arrivals[at])
            at += 1
        self.report.opening(held, supply, first)
        for m in self.months:
            end = self.report.until(s, m)
            if end is None:
                self.draft(s, m, rnd, links, held, arrivals[at:], told[heard:])
                break
            came = at
            while at < len(arrivals) and arrivals[at].day <= end:
                at += 1
            sales = self.month(s, m, end, rnd, links, held, arrivals[came:at])
            for r in sales:
                if r[1].party.__class__ is s.__class__:
                    handed[r[1].party.id].append(tuple(r))
            sales.sort(key=DAY)
            had = heard
            while heard < len(told) and told[heard].told <= end:
                heard += 1
            self.report.month(s, m, end, arrivals[came:at], told[had:heard], sales, held)
        self.report.end(s)
        for child in s.children:
            self.sender(child, self.from_above(child, s, handed.pop(child.id)))

    def draft(self, s, m, rnd, links, held, arrivals, told):
        """The month that runs, for a sender who has not told it: files, no rows."""
        end = max(m.first, self.clock.last - 1)
        if end <= self.clock.last and self.drafts.wants(s):
            sales = self.month(s, m, end, rnd, links, held, [x for x in arrivals if x.day <= end])
            sales.sort(key=DAY)
            self.drafts.month(s, m, end, [x for x in told if x.told <= end], sales, held)

    def from_above(self, child, s, rows):
        rnd = random.Random("%d/supply/%d" % (self.args.seed, child.index))
        found = []
        for day, link, product, lot, _, qty, price, _, _, _ in rows:
            told = day + rnd.choice((0, 1, 1, 2))
            if qty > 0 and told <= self.clock.last:
                found.append(Supply(told, told, day, product, lot, qty, price, s))
        return found

    def links(self, s, rnd, supply):
        """Who buys what how often, such that nearly all that comes is sold in the end."""
        last, lam = self.clock.last, 4.0 if self.many else 1.6
        total, since = {}, {}
        for x in supply:
            if x.day < NEVER:
                total[x.product] = total.get(x.product, 0) + x.qty
                since[x.product] = min(since.get(x.product, NEVER), x.day)
        weights = [t.weight for t in s.terminals]
        self.monthly = {}            # product -> units sold a month, of those that sell
        found = []
        for product in sorted(total):
            p, begin = self.products[product], max(since[product], self.months[0].first - 20)
            days = max(20, last - begin)
            events = max(2.0, self.per_unit * total[product] ** EXPONENT)
            slow = rnd.random() < 0.05
            if not slow:
                self.monthly[product] = total[product] / days * 30.4
            share = 0.0
            for child in s.children:
                if (product * 7 + child.index * 3) % 5 < 2:
                    cycle = 9 + rnd.randrange(14)
                    share += 0.16
                    found.append(self.link(s, rnd, p, child, begin, cycle,
                                           0.16 * KEEP * total[product] * cycle / days))
            count = max(1, min(len(s.terminals), round(events / days * 30.4 / lam)))
            chosen = {}
            for t in rnd.choices(s.terminals, weights, k=count):
                chosen[t.id] = t
            cycle = max(1.0, days * len(chosen) / events)
            mean = (1 - share) * KEEP * total[product] * cycle / days / len(chosen)
            for t in chosen.values():
                found.append(self.link(s, rnd, p, t, begin, cycle, mean * (0.3 if slow else 1)))
                if slow and rnd.random() < 0.7:
                    found[-1].step = -1           # stops buying months before the end
        return found

    def link(self, s, rnd, p, party, begin, cycle, mean):
        x = Link()
        x.party, x.product, x.cycle, x.mean = party, p, cycle, mean
        x.next = max(self.months[0].first, begin + 1 + rnd.random() * cycle)
        tier = party.__class__ is s.__class__
        x.pure = 0 if tier else 1
        x.price = p.price * (rnd.randrange(100, 103) if tier else rnd.randrange(104, 112)) // 100
        x.owners = () if tier else party.owners
        x.step = 1 if mean < 2 * p.inner or (not tier and rnd.random() < 0.4) else p.inner
        x.name = x.second = None
        return x

    def month(self, s, m, end, rnd, links, held, came):
        """Goods in and out of a month, day by day: rows of sales as they happened."""
        works, turn, workdays = self.clock.works, self.clock.turn, self.clock.workdays
        mult, rows, random_ = multipliers(), [], rnd.random
        events = [(x.day, 0, i, x) for i, x in enumerate(came)]
        stop = self.clock.last - 125
        for i, link in enumerate(links):
            nxt, span = link.next, link.cycle
            if link.step < 0 and nxt > stop:
                continue
            while nxt < end + 1:
                day = int(nxt)
                if not works[day]:
                    day = workdays[turn[day]]
                if day > end:
                    break
                events.append((day, 1, i, link))
                nxt += span * (0.6 + 0.8 * random_())
            link.next = nxt
        events.sort()
        lots, pull, doc, before = self.lots, self.pull(held), 0, -1
        pull.update(self.faults.peaks(s, m, held))
        for day, kind, _, x in events:
            if kind == 0:
                put(held, x)
                continue
            p = x.product
            queue = held.get(p.id)
            if not queue:
                continue
            want = x.mean * mult[int(random_() * 4096)] * pull.get(p.id, 1)
            step = x.step if x.step > 0 else 1
            want = int(want / step + 0.5) * step
            if want <= 0:
                want = step
            if day != before:
                doc, before = 0, day
            doc += 1
            while want > 0 and queue:
                item = queue[0]
                n = want if want < item[1] else item[1]
                item[1] -= n
                want -= n
                rows.append([day, x, p.id, item[0], lots[item[0]][1], n, x.price, doc, 0, None])
                if item[1] == 0:
                    del queue[0]
            if random_() < 0.006 and rows[-1][5] > 1:
                self.give_back(rows, rows[-1], end, rnd, held)
        return rows

    def pull(self, held):
        """Sales follow the stock: (product -> times the usual) where there is much or little of it."""
        found = {}
        for product, queue in held.items():
            monthly = self.monthly.get(product)
            if monthly:
                months = sum(item[1] for item in queue) / monthly
                found[product] = 2.2 if months > 2.4 else 1.5 if months > 1.3 else 0.7 if months < 0.5 else 1
        return found

    def give_back(self, rows, row, end, rnd, held):
        """A customer returns a part of what he bought, within days."""
        day = row[0] + 2 + rnd.randrange(9)
        if day > end or row[1].pure == 0:
            return
        qty = max(1, row[5] // 4)
        queue = held.setdefault(row[2], [])
        if queue and queue[0][0] == row[3]:
            queue[0][1] += qty
        else:
            queue.insert(0, [row[3], qty])
        rows.append([day, row[1], row[2], row[3], row[4], -qty, row[6], 900 + len(rows) % 99, 0, None])

    # -- months -----------------------------------------------------------------------

    def periods(self):
        clock, world = self.clock, self.world
        chief, born = world.staff["finance_manager"][0], world.born
        for m in self.months:
            days = [clock.dates[m.last].toordinal() + d for d in (3, 8, 11)]
            collect, review, lock = (date.fromordinal(d) for d in days)
            locked = closed = None
            if m.status in ("locked", "closed"):
                locked = min(clock.text(clock.now - 3600), lock.isoformat() + " 08:20:00")
            if m.status == "closed":
                closed = min(clock.text(clock.now - 1800), date.fromordinal(days[2] + 3).isoformat() + " 02:05:00")
            self.out.row("period", m.period, clock.days[m.first], clock.dates[m.last], m.status, collect, review, lock,
                         chief if locked else None, locked, chief if closed else None, closed,
                         self.report.digest(m) if closed else None, born, closed or locked or born)


NEVER = 1 << 30
DAY = itemgetter(0)


def put(held, x):
    queue = held.get(x.product)
    if queue is None:
        held[x.product] = [[x.lot, x.qty]]
        return
    for item in queue:
        if item[0] == x.lot:
            item[1] += x.qty
            return
    queue.append([x.lot, x.qty])

