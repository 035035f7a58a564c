"""Mistakes that are planted, and the truth about each: what was so, and what was told.

kind        what is wrong
lot         a batch number mistyped
unit        cases, or inner packs, told as boxes
sign        a return told as a sale
cut_off     goods that left in the last days of a month, told with a day of the next
in_transit  goods that came in the last days (and are in the count), told as bought in the next month
duplicate   a row told twice
mapping     a product told as another pack of the same medicine
gap         some days of sales are not in the file
alias       a name that wants a person
diversion   a sale outside the contracted area, some below the floor price
peak        a product in a month above three times its median: some planted, some chance
missing     a sender without files
stock       a sender without a count
excused     a sender that may be missing
"""

import json
import os

from .spell import typo

CLOSED, RECENT = 0.012, 0.03            # share of rows with a mistake
GAP = 0.03                              # of sender months
PEAK = 0.10
KINDS = ("lot", "unit", "duplicate", "cut_off", "mapping")
WEIGHTS = (40, 12, 26, 14, 8)


class Faults:
    def __init__(self, flows):
        self.flows, self.args, self.clock = flows, flows.args, flows.clock
        self.file = open(os.path.join(self.args.truth), "w", encoding="utf-8") if self.args.truth else None
        self.count = {}
        self.rnd = self.s = None
        self.twins = self.pairs()
        self.silent()

    def pairs(self):
        """Products of one medicine in other packs, strengths or forms."""
        names = {}
        for p in self.flows.products.values():
            names.setdefault(p.name.removeprefix("注射用").removeprefix("盐酸")[:3], []).append(p.id)
        return {a: b for ids in names.values() if len(ids) > 1 for a, b in zip(ids, ids[1:] + ids[:1])}

    def silent(self):
        """Who is missing in the month that is being cleared: (sender index -> what)."""
        senders, self.mute = self.flows.network.senders, {}
        ones = [s for s in senders if s.level == 1 and s.code != "D0001" and s.method == "portal"]
        keys = [s for s in ones if s.key]
        for s in keys[2:3]:
            self.mute[s.index] = "missing"
        for s in [s for s in ones if not s.key][3:9:3]:
            self.mute[s.index] = "missing"
        for s in [s for s in senders if s.level == 2][4:6]:
            self.mute[s.index] = "missing" if s.index % 2 else "excused"
        for s in [s for s in ones if s.index not in self.mute][6:7]:
            self.mute[s.index] = "stock"

    # -- one sender -------------------------------------------------------------------

    def sender(self, s, rnd, supply):
        self.s, self.rnd = s, rnd
        for m in self.flows.months[:-1]:
            for x in supply:
                if m.last - 3 <= x.day <= m.last and x.told == x.day and rnd.random() < 0.05:
                    x.told, x.fault = m.last + 1 + rnd.randrange(3), "in_transit"
        self.outside = None
        if s.index % 9 == 4 or s.index == 0:
            far = [t for t in self.flows.world.terminals if not t.area.startswith(s.region[:2])]
            self.outside = rnd.sample(far, min(2, len(far)))

    def peaks(self, s, m, held):
        """Products that sell five times as usual this month: (product -> times)."""
        if m.n > 6 and m.left > 0 and held and self.rnd.random() < PEAK:
            return {max(held, key=lambda p: sum(q for _, q in held[p])): 5}
        return {}

    def sales(self, s, m, end, rows, late):
        """Rows as they are told; late: rows of the month before, which come first."""
        rnd, rate = self.rnd, RECENT if m.left < 2 else CLOSED
        told, self.next, self.gone = list(late), [], set()
        random_ = rnd.random
        away = 0.04 if self.outside else 0
        for r in rows:
            x = random_()
            if r[5] < 0 and x < 0.08:
                r[9], r[5] = ("sign", r[5]), -r[5]
                told.append(r)
            elif x > rate + away or r[5] < 0:
                told.append(r)
            elif x > rate:
                told.append(self.divert(r))
            else:
                self.spoil(r, m, told)
        if m.n > 1 and m.left > 0 and random_() < GAP and s.method != "api" and len(told) > 12:
            day = m.first + 8 + rnd.randrange(10)
            for r in told:
                if day <= r[0] <= day + 2:
                    self.gone.add((r[2], r[4]))
                    self.tell("gap", m, s, "sale", 0, r[2], r[4], r[5], 0, day=self.clock.days[r[0]])
            told = [r for r in told if not day <= r[0] <= day + 2]
        return told

    def divert(self, r):
        if r[1].pure == 0 or r[5] <= 0:
            return r
        link, r = r[1], list(r)
        new = link.__class__()
        new.party, new.product, new.pure, new.name, new.second = self.rnd.choice(self.outside), link.product, 1, None, None
        new.owners, new.step, new.cycle, new.mean, new.next = new.party.owners, 1, 0, 0, 0
        new.price = link.price
        r[1], r[9] = new, ("diversion",)
        if self.rnd.random() < 0.4:
            r[6] = link.product.floor * self.rnd.randrange(82, 97) // 100
        return r

    def spoil(self, r, m, told):
        rnd = self.rnd
        kind = rnd.choices(KINDS, WEIGHTS)[0]
        if m.last - r[0] < 3 and m.left > 1:
            r[9], r[0] = ("cut_off", self.clock.days[r[0]]), m.last + 1 + rnd.randrange(2)
            self.next.append(r)
            return
        elif kind == "duplicate":
            told.append(r)
            r = list(r)
            r[8] |= 1 << 7
            r[9] = ("duplicate",)
        elif kind == "unit" and r[1].product.inner > 1 and r[5] % r[1].product.inner == 0:
            pack = r[1].product.case if r[5] % r[1].product.case == 0 else r[1].product.inner
            r[9], r[5] = ("unit", r[5]), r[5] // pack
        elif kind == "mapping" and r[2] in self.twins:
            r[9], r[2] = ("mapping", r[2]), self.twins[r[2]]
        else:
            r[9], r[4] = ("lot", r[4]), typo(rnd, r[4])
            r[8] |= 1 << 8
        told.append(r)

    def purchases(self, m, rows):
        """Rows [day, supply, product, lot, lot_no, qty, price, doc, warnings, fault]."""
        rnd, rate = self.rnd, (RECENT if m.left < 2 else CLOSED) / 2
        for r in rows:
            if rnd.random() < rate:
                case = self.flows.products[r[2]].case
                if r[5] % case == 0 and rnd.random() < 0.6:
                    r[9], r[5] = ("unit", r[5]), r[5] // case
                else:
                    r[9], r[4] = ("lot", r[4]), typo(rnd, r[4])
                    r[8] |= 1 << 8
        return rows

    # -- the truth ---------------------------------------------------------------------

    def tell(self, kind, m, s, what, row, product, lot_no, true, said, **more):
        """One mistake: month, sender, kind of file, row (0: of no row), and what was so and what was said."""
        self.count[kind] = self.count.get(kind, 0) + 1
        if self.file:
            self.file.write(json.dumps({"kind": kind, "period": m.period if m else None, "sender": s.code,
                                        "sender_id": s.id, "file": what, "row": row, "product_id": product, "lot": lot_no,
                                        "true": true, "said": said, **more}, ensure_ascii=False) + "\n")

    def close(self):
        if self.file:
            self.file.close()
