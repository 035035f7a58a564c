"""The channel below us: who reports, where he may sell, who looks after which terminal."""

import random
from array import array
from datetime import timedelta

from . import parties, words
from .out import rows, table
from .spell import Style

table("flow_source", "party_id method kinds is_key due_day collector_id status note created_at updated_at")
table("territory", "id party_id product_id product_group_id region_code terminal_id valid_from valid_to"
      " created_at updated_at")
table("terminal_assignment", "id party_id product_group_id user_id share valid_from valid_to created_by"
      " created_at updated_at")

API = {"D0010", "D0022", "D0002"}        # these send by themselves, week by week
FIELDS = 6                               # numbers kept of each shipped line


class Shipped:
    """What we sent to whom, as the papers tell it: six numbers a line, one array a customer."""

    def __init__(self):
        self.lines = {}

    def add(self, customer, shipped, signed, product, lot, qty, price):
        """Days; signed is -1 on the road; price in fen."""
        kept = self.lines.get(customer)
        if kept is None:
            kept = self.lines[customer] = array("i")
        kept.extend((shipped, signed, product, lot, qty, price))

    def of(self, customer):
        kept = self.lines.pop(customer, ())
        return sorted(tuple(kept[i:i + FIELDS]) for i in range(0, len(kept), FIELDS))

    def totals(self):
        """Units by customer and product."""
        sums = {}
        for customer, kept in self.lines.items():
            for i in range(0, len(kept), FIELDS):
                key = customer, kept[i + 2]
                sums[key] = sums.get(key, 0) + kept[i + 4]
        return sums


class Sender:
    """A distributor that reports."""

    __slots__ = ("index", "id", "code", "name", "city", "province", "level", "weight", "terminals", "children",
                 "method", "key", "due", "collector", "user", "style", "parent", "region", "address", "uscc")


class Network:
    def __init__(self, out, args, clock, world, catalogue):
        self.out, self.args, self.clock, self.world, self.catalogue = out, args, clock, world, catalogue
        self.rnd = random.Random("%d/network" % args.seed)
        self.clerks = world.staff["flow_clerk"]
        self.senders = []
        self.ids = {"territory": 0, "assignment": 0}
        self.unit_of = {}           # user -> department
        for unit, users in list(world.reps.items()) + list(world.field.items()):
            for user in users:
                self.unit_of[user] = world.unit[unit][0]

    def make(self):
        self.tier_one()
        self.tier_two()
        self.assign()
        self.places()
        for s in self.senders:
            self.source(s)

    # -- who reports --------------------------------------------------------------

    def tier_one(self):
        for c in self.world.customers:
            if c.role == "distributor":
                s = self.sender(c.id, c.code, c.name, c.city, 1, c.weight)
                s.address, s.uscc = c.addresses[0][5], c.uscc
                s.user = (c.users.get("reporter") or c.users["company_admin"])[0]

    def sender(self, number, code, name, city, level, weight):
        s, rnd = Sender(), self.rnd
        s.index, s.id, s.code, s.name, s.city, s.province = len(self.senders), number, code, name, city, city[:2]
        s.level, s.weight, s.children, s.parent, s.user = level, weight, [], None, None
        s.method = "api" if code in API else "portal" if level == 1 else "office"
        s.key = int(weight >= 7)
        s.due = 2 if s.method == "api" else rnd.choice((3, 3, 3, 5))
        s.collector = self.clerks[s.index % len(self.clerks)]
        s.style = Style(rnd, s.index)
        if s.method == "api":
            s.style.titles = 2          # the days are in the file, so that two weeks without a row differ
        self.senders.append(s)
        return s

    def tier_two(self):
        """Distributors of counties that buy from ours, and nothing from us."""
        world, rnd = self.world, self.rnd
        stems = [r["stem"] for r in rows("company_names")]
        big = [s for s in self.senders if s.weight >= 5] or self.senders[:1]
        count = self.args.distributors * 11 // 20 if self.args.distributors < 500 else self.args.distributors // 3
        for i in range(count):
            parent = big[i % len(big)]
            areas = world.areas.get(parent.city) or [parent.city]
            area = areas[(i * 7 + 3) % len(areas)]
            county = world.region[area]
            place = county if len(county) < 3 else county[:-1]
            for stem in (stems[(i * 13 + k) % len(stems)] for k in range(len(stems))):
                name = place + stem + rnd.choice(("医药有限公司", "医药贸易有限公司", "药品配送有限公司"))
                if name not in world.names:
                    break
            world.names.add(name)
            number, _, address, uscc, _ = world.party("E%04d" % (i + 1), name, stem + "医药", "91", parent.city,
                                                      ("distributor",), level=2, area=area,
                                                      address=county + words.street(rnd))
            s = self.sender(number, "E%04d" % (i + 1), name, parent.city, 2, 2)
            s.address, s.uscc, s.parent = address, uscc, parent
            parent.children.append(s)

    def source(self, s):
        born = self.world.born
        self.out.row("flow_source", s.id, s.method, "purchase,sale,stock", s.key, s.due, s.collector, "active",
                     "每月由流向专员打单" if s.method == "office" else None, born, born)

    # -- where --------------------------------------------------------------------

    def places(self):
        """Contracted areas: the largest of a province has all of it, others their city, one a hospital more."""
        by_city, by_province = {}, {}
        for t in self.world.terminals:
            by_city.setdefault(t.area[:4], []).append(t)
            by_province.setdefault(t.area[:2], []).append(t)
        main = {}
        for s in self.senders:
            if s.level == 1 and s.weight > getattr(main.get(s.province), "weight", 0):
                main[s.province] = s
        start = self.clock.start - timedelta(days=150)
        start = start.replace(month=1, day=1)
        for s in self.senders:
            wide = main.get(s.province) is s
            s.region = s.province if wide else s.city
            here = list(by_city.get(s.city, ()))
            self.right(s, start, s.region)
            if wide:
                rest = [t for t in by_province.get(s.province, ()) if t.area[:4] != s.city]
                here += self.rnd.sample(rest, min(len(rest), 8 + 2 * s.weight))
            if s.level == 1 and s.index % 8 == 3:
                other = self.rnd.choice(self.world.terminals)
                if not other.area.startswith(s.region):
                    self.right(s, start, None, other.id)
                    here.append(other)
            count = (14 if s.level == 1 else 8) + 3 * s.weight
            here = here or self.rnd.sample(self.world.terminals, min(8, len(self.world.terminals)))
            s.terminals = self.rnd.sample(here, min(len(here), count))

    def right(self, s, start, region, terminal=None):
        self.ids["territory"] += 1
        group = None
        self.out.row("territory", self.ids["territory"], s.id, None, group, region, terminal, start, None,
                     self.world.born, self.world.born)

    # -- who looks after it ---------------------------------------------------------

    def assign(self):
        """Dated responsibility for terminals: most one rep, some two by shares, some handed over, some nobody."""
        rnd, world, clock = self.rnd, self.world, self.clock
        begin = world.born.date()
        for n, t in enumerate(world.terminals):
            unit = parties.UNIT_OF[t.area[:2]]
            reps = world.field.get(unit) or world.reps[unit]
            rep = reps[int(t.area[2:4]) % len(reps)] if rnd.random() < 0.8 else rnd.choice(reps)
            others = [r for r in reps if r != rep] or [r for r in world.reps[unit] if r != rep]
            x = rnd.random()
            if x < 0.05:
                t.owners = ((0, None, None),)       # the pool
                continue
            if x < 0.17 and others:
                change = clock.last - rnd.randrange(40, max(41, min(400, clock.last)))
                self.owner(t, others[n % len(others)], 1, begin, clock.dates[max(0, change - 1)])
                self.owner(t, rep, 1, clock.dates[max(0, change)], None)
                before = others[n % len(others)]
                t.owners = ((0, before, self.unit_of[before]), (change, rep, self.unit_of[rep]))
                continue
            if x < 0.20 and others:
                self.owner(t, rep, 0.6, begin, None)
                self.owner(t, others[0], 0.4, begin, None)
            else:
                self.owner(t, rep, 1, begin, None)
            t.owners = ((0, rep, self.unit_of[rep]),)

    def owner(self, t, user, share, start, end):
        self.ids["assignment"] += 1
        self.out.row("terminal_assignment", self.ids["assignment"], t.id, None, user, share, start, end,
                     self.world.staff["sales_manager"][0], self.world.born, self.world.born)
