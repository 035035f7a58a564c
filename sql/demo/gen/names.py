"""Names as senders write them, one row a spelling, and what they were understood to be."""

from .clock import DAY_S
from .out import rows, table
from .spell import FOREIGN, hard_name, name_key, norm, second_name, spec_as
from .parties import short_place

table("flow_name", "id sender_id what hex:name_key name code extra unit maker norm state target_id factor method score"
      " row_count qty first_seen last_seen decided_by decided_at")
table("flow_candidate", "name_id target_id score veto")
table("name_alias", "id what norm target_id factor valid_from valid_to source created_by created_at")
table("unit_conversion", "id product_id party_id unit factor")

ID, NAME, CODE, EXTRA, UNIT, MAKER, WHAT, STATE, TARGET, FACTOR, METHOD, SCORE, ROWS, QTY, FIRST, LAST, BY, CANDIDATES = range(18)


class Names:
    def __init__(self, flows):
        self.flows, self.out, self.args, self.clock = flows, flows.out, flows.args, flows.clock
        self.world, self.products = flows.world, flows.products
        self.next = 0
        self.clerks = flows.network.clerks
        self.text = product_texts(flows)
        self.small = flows.args.flows <= 300000
        self.rivals = {}
        for t in self.world.terminals:
            self.rivals.setdefault((t.area[:4], t.role), []).append(t)
        self.shared = {}             # terminal -> a name known for all senders
        born, number = self.world.born, 0
        for n, t in enumerate(self.world.terminals):
            place = short_place(self.world.city_name(t.area[:4]))
            if n % 19 == 7 and t.name.startswith(place) and len(t.name) > len(place) + 4:
                number += 1
                self.shared[t.id] = place + "市" + t.name[len(place):].lstrip("市") if number % 2 else t.name[len(place):]
                self.out.row("name_alias", number, "party", norm(self.shared[t.id]), t.id, 1, born.date(), None,
                             "old_name" if number % 2 else "taught", self.clerks[number % 2], born)
        # cases, 件 and 箱, are every company's (migration 0120); ids behind theirs
        for i, unit in enumerate(("盒", "瓶", "支", "袋", "BOX"), 101):
            self.out.row("unit_conversion", i, None, None, unit, 1)

    # -- one sender -------------------------------------------------------------------

    def begin(self, s, rnd, links):
        self.s, self.rnd, self.found = s, rnd, {}
        self.link = links[0].__class__ if links else None
        self.hard = {}
        if self.small and links and s.index % 3 != 2:
            for x in rnd.sample(links, min(len(links), 3)):
                if x.pure:
                    self.hard[x.party.id] = None
        self.odd = rnd.choice(links).product.id if links and s.index % 7 == 3 and self.small else None

    def end(self, s):
        out, clock = self.out, self.clock
        for r in self.found.values():
            if r[ROWS] == 0:
                continue
            decided = clock.text(min(clock.now - 300, clock.index_of(r[FIRST]) * DAY_S + 30 * DAY_S)) if r[BY] else "\\N"
            out.line("flow_name", f"{r[ID]}\t{s.id}\t{r[WHAT]}\t{name_key(r[WHAT], r[NAME], r[CODE], r[EXTRA], r[UNIT], r[MAKER])}"
                     f"\t{r[NAME]}\t{r[CODE]}\t{r[EXTRA]}\t{r[UNIT]}\t{r[MAKER]}\t{norm(r[NAME])}\t{r[STATE]}"
                     f"\t{r[TARGET] or chr(92) + 'N'}\t{r[FACTOR]}\t{r[METHOD]}\t{score(r[SCORE])}\t{r[ROWS]}\t{r[QTY]}"
                     f"\t{r[FIRST]}\t{r[LAST]}\t{r[BY] or chr(92) + 'N'}\t{decided}")
            for target, value, veto in r[CANDIDATES]:
                out.row("flow_candidate", r[ID], target, score(value), veto)
        self.found = {}

    def add(self, key, what, name, code="", extra="", unit="", maker="", state="matched", target=None, factor=1,
            method="name", value=10000, by=None, candidates=()):
        self.next += 1
        r = self.found[key] = [self.next, name, code, extra, unit, maker, what, state, target, factor, method, value, 0, 0,
                               "9999", "", by, candidates]
        return r

    @staticmethod
    def seen(r, raw, day):
        """Count a row that bears the name; raw: units as received."""
        r[ROWS] += 1
        r[QTY] += raw
        if day < r[FIRST]:
            r[FIRST] = day
        if day > r[LAST]:
            r[LAST] = day

    @staticmethod
    def raw(r, qty):
        return qty if r[FACTOR] == 1 else qty // r[FACTOR]

    # -- parties -----------------------------------------------------------------------

    def supplier(self, party):
        r = self.found.get(("s", party.id))
        if r is None:
            code = "G%04d" % (party.id % 9000 + 17) if "counterparty_code" in self.s.style.fields["purchase"] else ""
            r = self.add(("s", party.id), "party", party.name, code, target=party.id, method="name")
        return r

    def party(self, link, m, line):
        """The name under which a row of sales tells its buyer."""
        if link.name is None:
            self.spell(link)
        if m.left < 2 and link.party.id in self.hard and line & 1:
            r = self.hard[link.party.id]
            return self.queued(link.party) if r is None else r
        if link.second is not None and line & 3 == 0:
            return link.second
        return link.name

    def spell(self, link):
        party = link.party
        link.name = self.found.get(("p", party.id))
        if link.name is not None:
            link.second = self.found.get(("q", party.id))
            return
        rnd, fields = self.rnd, self.s.style.fields["sale"]
        extra = party.uscc if "counterparty_uscc" in fields else party.address if "counterparty_address" in fields else ""
        code = "K%05d" % (party.id * 7 % 90000 + 13) if "counterparty_code" in fields else ""
        method = "identifier" if "counterparty_uscc" in fields else "code" if code and rnd.random() < 0.5 else "name"
        link.name = self.add(("p", party.id), "party", party.name, code, extra, target=party.id, method=method)
        if link.pure and rnd.random() < 0.22:
            place = short_place(self.world.city_name(party.area[:4]))
            shared = self.shared.get(party.id)
            if shared:
                name, method, value = shared, "global", 10000
            else:
                name, method, value = second_name(rnd, party, place)
            if name != party.name:
                link.second = self.add(("q", party.id), "party", name, code, extra, target=party.id, method=method,
                                       value=value, by=self.s.collector if method == "manual" else None)

    def queued(self, t):
        """A spelling of the last weeks that nobody has decided yet, with what it may be."""
        rnd = self.rnd
        place = short_place(self.world.city_name(t.area[:4]))
        name = hard_name(rnd, t, place)
        best = 7800 + rnd.randrange(1300)
        candidates = [(t.id, best, None)]
        others = [x for x in self.rivals[t.area[:4], t.role] if x is not t]
        for x in rnd.sample(others, min(len(others), rnd.randrange(1, 4))):
            candidates.append((x.id, best - rnd.randrange(150, 900), rnd.choice((None, None, "ordinal", "county"))))
        r = self.hard[t.id] = self.add(("h", t.id), "party", name, state="queued", method="none", value=best,
                                       candidates=candidates)
        self.flows.faults.tell("alias", None, self.s, "sale", 0, None, "", t.id, name, name_id=r[ID])
        return r

    # -- products -------------------------------------------------------------------------

    def product(self, product, qty, odd=False):
        """The name of a product in a row; odd: under which it may want a person."""
        if odd and product == self.odd:
            r = self.found.get(("o", product))
            return r if r is not None else self.odd_product(product)
        if self.s.style.case and qty and product.__class__ is int:
            case = self.products[product].case
            if qty % case == 0:
                return self.found.get(("c", product)) or self.new_product(product, ("c", product), "件", case)
        return self.found.get(("m", product)) or self.new_product(product, ("m", product), None, 1)

    def new_product(self, product, key, unit, factor):
        style = self.s.style
        if product.__class__ is str:
            name, spec, own, maker = FOREIGN[int(product[1:])]
            return self.add(key, "product", name, "", spec, own, maker if style.makers else "", "foreign", None, 1, "manual", None, self.s.collector)
        generic, trade, spec, own = self.text[product]
        name = trade + generic if style.brand and trade else generic
        code = "%d" % (100000 + product * 37 + self.s.index) if style.codes else ""
        method = "code" if code else "name" if not style.brand else "similar" if product % 3 else "manual"
        return self.add(key, "product", name, code, spec_as(spec, style.spec), unit or own, style.maker, target=product,
                        factor=factor, method=method, value=9400 if method == "similar" else 10000,
                        by=self.s.collector if method == "manual" else None)

    def odd_product(self, product):
        """A product under a name that wants a person."""
        generic, _, spec, own = self.text[product]
        name = generic.replace("片", "").replace("胶囊", "").replace("注射液", "针") + "（赠）"
        candidates = [(product, 8600, None)]
        twin = self.flows.faults.twins.get(product)
        if twin:
            candidates.append((twin, 8300, "spec"))
        r = self.add(("o", product), "product", name, "", spec.split("*")[0], own, "", "queued", None, 1, "none", 8600,
                     None, candidates)
        self.flows.faults.tell("alias", None, self.s, "sale", 0, product, "", product, name, name_id=r[ID])
        return r

    def foreign_rows(self, s, m, end):
        """Rows of other makers' products that slipped into the file."""
        if not self.small or s.index % 4 != 1 or self.link is None:
            return []
        rnd, rows = self.rnd, []
        for _ in range(rnd.randrange(4)):
            which = (s.index + rnd.randrange(3)) % len(FOREIGN)
            link = self.link()
            link.party = rnd.choice(s.terminals)
            link.pure, link.owners, link.name, link.second = 1, link.party.owners, None, None
            day = self.clock.workday(m.first + rnd.randrange(end - m.first + 1))
            if day <= end:
                rows.append([day, link, "F%d" % which, None, "%d" % rnd.randrange(2401001, 2412999), 10 * rnd.randrange(1, 9),
                             rnd.randrange(500, 4000), 800 + len(rows), 0, None])
        return rows


def score(value):
    return "\\N" if value is None else "%d.%04d" % (value // 10000, value % 10000)


def product_texts(flows):
    """Generic name, brand, pack and unit of each product, as printed on the box."""
    found = {}
    for number, r in enumerate(rows("products"), 1):
        if number in flows.products:
            found[number] = (r["generic_name"], r["trade_name"], r["pack_spec"], r["unit"])
    return found
