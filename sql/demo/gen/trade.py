"""Orders from the first thought to the last fen: who orders, who approves, what leaves when.

Days run forward. What happens to an order after its goods are held is decided at once, because the
file of a table takes a row only in its last state: every moment is compared with now.
"""

import heapq
import random
from itertools import accumulate

from .clock import DAY_S
from .network import Shipped
from .orderrows import OrderRows
from .out import table
from .papers import Papers

table("reservation", "id party_id order_id order_line_id warehouse_id lot_id qty shipment_id created_at")

SUBMIT, HOLD, FILL, PAY = range(4)
LESS = ("货源紧张，本次先供部分数量", "本月配额不足，余量下月补足", "近期到货有限，按可供量批准")
NONE = ("该品规暂缺货，请选其他包装", "本区域暂不供应该品规")
RETURNED = ("请补充院内采购计划后再提交", "数量与上月用量差异较大，请核实", "请合并到同一收货地址", "交货日期过近，请调整")
REJECTED = ("超出年度协议量，不予供货", "已有同类在途订单，请勿重复下单", "资信复核未通过")
NOTES = ("请附药检报告", "请送至二号门，提前一小时联系", "急用，请优先安排", "同批号优先", "效期要求十二个月以上", "与上一单一起发货")


class Order:
    __slots__ = ("id", "c", "no", "t0", "placed", "by", "origin", "branch", "address", "lines", "round",
                 "note", "reply", "amount", "plan", "approved_at", "status", "tries", "due_ship", "paid",
                 "invoiced", "approved", "po", "pay", "reserved", "wanted", "expected", "open_papers", "prepay")


class Line:
    __slots__ = ("id", "p", "qty", "price", "list", "listed", "granted", "approved", "cancelled", "reserved", "issued",
                 "shipped", "delivered", "refused", "invoiced", "red", "note", "reply")


class Trade(OrderRows):
    def __init__(self, out, args, clock, world, catalogue, stock, refs):
        self.out, self.args, self.clock, self.world = out, args, clock, world
        self.catalogue, self.stock, self.refs = catalogue, stock, refs
        self.rnd = random.Random("%d/trade" % args.seed)
        self.buckets = [[] for _ in range(clock.last + 1)]
        self.seq = 0
        self.ids = {"order": 0, "line": 0, "approval": 0, "step": 0, "override": 0, "reservation": 0,
                    "notice": 0}
        self.numbers = {}
        # in the small company these customers of the tour have an order that came back to them
        self.returns = {c.id for c in world.customers if c.code in ("D0001", "D0002", "G001")} \
            if args.orders < 20000 else set()
        self.tour = next((c for c in world.customers if c.code == "D0001"), None)
        self.pending = []           # orders whose decision or goods lie beyond now
        self.state = {c.id: State() for c in world.customers}
        self.shipped = Shipped()
        self.papers = Papers(self)
        stock.number = self.number
        staff = world.staff
        self.finance, self.chief = staff["finance"], staff["finance_manager"][0]
        self.product_manager = staff["product_manager"][0]
        self.manager_of = {world.unit[u][0]: m for u, m in world.manager.items()}

    def id(self, kind):
        self.ids[kind] += 1
        return self.ids[kind]

    def number(self, kind, c, day):
        """The next number of a kind for a customer and day, as next_number() gives it."""
        key = (kind, c.id if c else 0, day)
        n = self.numbers[key] = self.numbers.get(key, 0) + 1
        if c is None:
            return "%s%s-%04d" % (kind, self.clock.compact[day], n)
        return "%s%s-%s-%02d" % (kind, self.clock.compact[day], c.code, n)

    def push(self, t, kind, thing):
        day = t // DAY_S
        self.seq += 1
        heapq.heappush(self.buckets[day], (t, self.seq, kind, thing))

    # -- the run -----------------------------------------------------------------

    def run(self):
        customers = self.world.customers
        weights = list(accumulate(c.weight for c in customers))
        self.baskets()
        counts = self.orders_per_day()
        rnd, clock, last = self.rnd, self.clock, self.clock.last
        for day in range(last + 1):
            if day * DAY_S + 6000 <= self.clock.now:
                self.stock.morning(day)
            if day == max(26, last - 96):
                self.stock.recall(day)
            for _ in range(counts[day]):
                c = rnd.choices(customers, cum_weights=weights)[0]
                if c.blocked_from and self.clock.dates[day] >= c.blocked_from:
                    c = customers[-1 - rnd.randrange(min(5, len(customers) - 1)) - 1]
                if day > last - 7 and self.args.orders < 20000 and rnd.random() < 0.1:
                    c = self.tour
                t = day * DAY_S + 2400 + int(rnd.triangular(0, 32399, 9000))
                if t <= self.clock.now:
                    self.push(t, SUBMIT, c)
            if day in (last - 1, last - 2) and clock.works[day] and self.args.orders < 20000:
                for c in customers:             # credit always has one to judge
                    if c.pay == "hold" and day * DAY_S + 5000 <= clock.now:
                        self.push(day * DAY_S + 5000, SUBMIT, c)
            self.day(day)
            self.buckets[day] = None
            if day % 16 == 0:
                self.numbers = {k: v for k, v in self.numbers.items() if k[2] >= day - 20}
        for order in self.pending:
            self.finish(order)
        self.papers.close()

    def day(self, day):
        bucket = self.buckets[day]
        while bucket:
            t, _, kind, thing = heapq.heappop(bucket)
            if kind == SUBMIT:
                self.submit(t, thing)
            elif kind == HOLD:
                self.hold(t, thing)
            elif kind == FILL:
                self.fill(t, thing)
            else:
                self.papers.pay(t, thing)

    def orders_per_day(self):
        """Exactly args.orders in all: growing, few at weekends, more in the last days."""
        clock, last = self.clock, self.clock.last
        weights = []
        for day in range(last + 1):
            w = (1.0 if clock.works[day] else 0.22) * (0.75 + 0.5 * day / max(1, last))
            if day > last - 6 and self.args.orders < 20000:
                w *= 1.8
            weights.append(w)
        weights[last] = 0 if clock.now < clock.last * DAY_S + 7200 else weights[last] / 2
        scale = self.args.orders / sum(weights)
        counts, carry = [], 0.0
        for w in weights:
            carry += w * scale
            n = int(carry + 1e-9)
            carry -= n
            counts.append(n)
        counts[last - 1] += self.args.orders - sum(counts)
        return counts

    def baskets(self):
        """What each customer usually buys: (products, cumulative weights)."""
        rnd, catalogue = self.rnd, self.catalogue
        for c in self.world.customers:
            seen = [p for p in catalogue.products if catalogue.sees(c, p)
                    and (p.scope != "anabolic" or c.weight >= 4)]
            size = min(len(seen), 12 + c.weight * 6)
            chosen = rnd.sample(seen, size)
            c.basket = (chosen, list(accumulate(p.pull for p in chosen)))

    # -- a buyer submits -----------------------------------------------------------

    def submit(self, t, thing):
        if isinstance(thing, Order):
            order = thing
            order.round += 1
            order.placed = t
        else:
            order = self.compose(t, thing)
        self.decide(t, order)

    def compose(self, t, c):
        rnd, order = self.rnd, Order()
        order.id, order.c, order.t0, order.placed = self.id("order"), c, t, t
        order.no = self.number("SO", c, t // DAY_S)
        order.origin = "office" if rnd.random() < 0.22 else "portal"
        order.by = c.rep if order.origin == "office" else rnd.choice(c.buyers)
        order.address = a = c.addresses[0] if len(c.addresses) == 1 or rnd.random() < 0.6 \
            else rnd.choice(c.addresses[1:])
        order.branch = a[1]
        order.round, order.note, order.reply, order.tries = 1, None, None, 0
        order.paid = order.invoiced = order.approved = 0
        order.approved_at, order.status, order.reserved, order.open_papers = None, "submitted", False, False
        order.prepay = None
        order.po = "CG%s%03d" % (self.clock.compact[t // DAY_S][2:], rnd.randrange(1000)) \
            if rnd.random() < 0.45 else None
        order.pay = "prepaid" if c.terms == "PREPAY" else "credit"
        order.wanted = t // DAY_S + rnd.randrange(3, 12) if rnd.random() < 0.5 else None
        order.expected = None
        if rnd.random() < 0.12:
            order.note = rnd.choice(NOTES)
        self.choose(order, t)
        return order

    def choose(self, order, t):
        rnd, c, catalogue = self.rnd, order.c, self.catalogue
        products, weights = c.basket
        mean = self.args.lines
        n = min(len(products), max(1, int(rnd.expovariate(1 / mean) * 0.6 + rnd.random() * mean * 0.8 + 0.4)))
        picked = {}
        for _ in range(n):
            p = rnd.choices(products, cum_weights=weights)[0]
            picked[p.id] = p
        day = self.clock.dates[t // DAY_S]
        order.lines, order.amount = [], 0
        fresh = self.args.orders < 20000 and t > self.clock.now - 3 * DAY_S
        large = 3 if fresh and rnd.random() < 0.2 else 1
        cheap = 0.12 if fresh else 0.012
        for p in picked.values():
            qty = quantity(rnd, c.weight, p) * large
            found = catalogue.price(c, p, day, qty)
            line = Line()
            line.id, line.p, line.qty, line.listed, line.list = self.id("line"), p, qty, found[0], found[1]
            line.price = found[0]
            if order.origin == "office" and rnd.random() < cheap:
                line.price = p.floor * rnd.choice((94, 96, 98)) // 100
            line.granted = line.note = line.reply = None
            line.approved = line.cancelled = line.reserved = line.shipped = line.delivered = 0
            line.refused = line.invoiced = line.red = line.issued = 0
            order.amount += qty * line.price
            order.lines.append(line)

    # -- the approval ----------------------------------------------------------------

    def decide(self, t, order):
        """Plan the steps of this round; the end of the plan is an event, or lies beyond now."""
        rnd, clock, refs = self.rnd, self.clock, self.refs
        first, later = self.pace(t) if order.c.pay != "hold" else (0.2, 0.2)
        end = rnd.random()
        end = "approved" if end > 0.052 or order.round > 1 else \
            "returned" if end > 0.026 else "rejected" if end > 0.014 else "withdrawn"
        at = clock.add(t, rnd.expovariate(0.55) * first + 0.1)
        if order.c.id in self.returns and order.origin == "portal" and order.round == 1 \
                and clock.now - 9 * DAY_S < t < clock.now - DAY_S:
            self.returns.discard(order.c.id)
            end, at, order.tries = "returned", clock.add(t, 1.2), 99
        plan = [[*refs["SALES"], "always", self.manager_of[order.c.unit], at, "approved", None]]
        if end == "approved":
            if any(line.price < line.p.floor for line in order.lines):
                at = clock.add(at, rnd.expovariate(0.6) * later + 0.1)
                plan.append([*refs["FLOOR"], "floor", self.product_manager, at, "approved", "同意，维护重点客户"])
            if order.amount >= 10000000:
                at = clock.add(at, rnd.expovariate(0.6) * later + 0.1)
                plan.append([*refs["FINANCE"], "amount", rnd.choice(self.finance), at, "approved", None])
        order.plan = (end, plan)
        if end in ("returned", "rejected"):
            plan[-1][6:] = [end, rnd.choice(RETURNED if end == "returned" else REJECTED)]
        elif end == "withdrawn":
            plan[-1][5] = clock.add(t, 0.5)
        if plan[-1][5] > clock.now:
            self.pending.append(order)
        else:
            self.push(plan[-1][5], HOLD, order)

    def pace(self, t):
        """How much slower than usual the first and the later steps are: in the small company the
        inboxes of today hold something at each step."""
        if t < self.clock.now - 4 * DAY_S or self.args.orders >= 20000:
            return 1, 1
        return (8, 1) if self.rnd.random() < 0.45 else (0.4, 30)

    def credit(self, t, order, amount):
        """The credit step that is wanted now, or None (DOMAIN 3.2)."""
        c, s = order.c, self.state[order.c.id]
        if order.pay == "prepaid":
            return None
        late = s.overdue(t // DAY_S, {"good": 15, "slow": 20}.get(c.pay, 7))
        held = c.pay == "hold" and t > self.clock.now - 60 * DAY_S
        if s.exposure + amount <= c.limit and late == 0 and not held:
            return None
        return s.exposure, c.limit - s.exposure, late

    def hold(self, t, order):
        """The last planned step is taken: grant, check credit, hold stock."""
        end, plan = order.plan
        rnd, clock = self.rnd, self.clock
        if end != "approved":
            self.write_approval(order, end, t)
            return self.refuse(t, order, end)
        if plan[-1][3] != "credit":
            for line in order.lines:
                if line.granted is None:
                    self.grant(line, len(order.lines))
            amount = sum(line.price * (line.qty if line.granted is None else line.granted)
                         for line in order.lines)
            found = self.credit(t, order, amount)
            if found and order.amount:
                at = clock.add(t, rnd.expovariate(0.4) + 0.2)
                if self.pace(t)[1] > 1 or (order.c.pay == "hold" and t > clock.now - 4 * DAY_S):
                    at = max(at, clock.now + 600)
                ok = rnd.random() < (0.98 if order.c.pay == "good" else 0.86)
                plan.append([*self.refs["CREDIT"], "credit", self.chief, at, "approved" if ok else "rejected",
                             "已与客户确认回款计划，同意放行" if ok else "逾期款项未清，暂不放行", found])
                order.plan = ("approved" if ok else "rejected", plan)
                if at > self.clock.now:
                    self.pending.append(order)
                else:
                    self.push(at, HOLD, order)
                return None
        self.write_approval(order, "approved", t)
        return self.approve(t, order)

    def grant(self, line, count):
        x = self.rnd.random()
        if x < 0.03 and line.qty > line.p.inner:
            packs = line.qty // line.p.inner
            line.granted = max(1, packs * self.rnd.randrange(4, 9) // 10) * line.p.inner
            line.reply = self.rnd.choice(LESS)
        elif x < 0.036 and count > 1:
            line.granted, line.reply = 0, self.rnd.choice(NONE)

    def refuse(self, t, order, end):
        rnd = self.rnd
        if end == "returned":
            order.reply = order.plan[1][-1][7]
            again = self.clock.add(t, rnd.expovariate(0.12) + 0.3)
            if order.tries == 0 and rnd.random() < 0.85 and again <= self.clock.now:
                for line in order.lines:
                    line.granted = line.reply = None
                return self.push(again, SUBMIT, order)
            order.status = "returned" if t > self.clock.now - 12 * DAY_S else "cancelled"
        elif end == "rejected":
            order.status, order.reply = "rejected", order.plan[1][-1][7]
        else:
            order.status = "cancelled" if rnd.random() < 0.7 else "draft"
        return self.write(order)

    def approve(self, t, order):
        rnd = self.rnd
        order.approved_at, order.due_ship = t, self.clock.add(t, 18) // DAY_S
        for line in order.lines:
            line.approved = line.qty if line.granted is None else line.granted
            order.approved += line.approved * line.price
        self.state[order.c.id].exposure += order.approved
        if order.approved == 0:
            order.lines[0].granted = None
            line = order.lines[0]
            line.approved, line.reply = line.qty, None
            order.approved = line.approved * line.price
            self.state[order.c.id].exposure += order.approved
        if any(line.reply for line in order.lines):
            order.reply = "部分品规数量有调整，请见各行说明"
        order.expected = order.due_ship + rnd.randrange(2, 5)
        self.fill(t, order)

    # -- goods ---------------------------------------------------------------------------

    def fill(self, t, order):
        """Hold what is there for the lines that still want goods, and send it on its way."""
        day, stock, c = t // DAY_S, self.stock, order.c
        warm, cold, short = [], [], False
        for line in order.lines:
            want = line.approved - line.cancelled - line.shipped - line.reserved
            if want <= 0:
                continue
            lots = stock.take(c.warehouse, line.p, want, day, order.pay == "prepaid")
            for lot, qty in lots:
                (cold if line.p.cold else warm).append((line, lot, qty))
                want -= qty
            short = short or want > 0
        for items in (warm, cold):
            if items:
                self.papers.send(t, order, items)
        order.tries += 1
        if short:
            again = self.clock.add(t, 9 * self.rnd.randrange(4, 9))
            if order.tries > 6:
                for line in order.lines:
                    line.cancelled = line.approved - line.shipped - line.reserved
            elif again > self.clock.now:
                return self.pending.append(order)
            else:
                return self.push(again, FILL, order)
        return self.write(order)

    def reserve(self, order, line, lot, qty, shipment, at):
        self.stock.balance[order.c.warehouse, lot][1] += qty
        line.reserved += qty
        order.reserved = True
        self.out.row("reservation", self.id("reservation"), order.c.id, order.id, line.id, order.c.warehouse,
                     lot, qty, shipment, at)



class State:
    """What a customer owes, as far as credit asks."""

    __slots__ = ("exposure", "late", "runs")

    def __init__(self):
        self.exposure = 0           # fen: approved less paid
        self.late = []              # (due day, day paid, fen)
        self.runs = {}              # day of payment -> [(ar item, fen, document, order)]

    def overdue(self, day, grace):
        self.late = [x for x in self.late if x[1] > day]
        return sum(x[2] for x in self.late if x[0] + grace < day)


def quantity(rnd, weight, p):
    """Whole inner packs; large customers order by the case."""
    if weight >= 6 and rnd.random() < 0.35:
        return p.case * rnd.randrange(1, 4 if p.price > 5000 else 14)
    packs = max(1, int(rnd.lognormvariate(2.75 + 0.13 * weight, 0.7)))
    if p.inner == 1:
        packs *= 4
    return p.inner * max(1, packs * 1500 // max(1500, p.price))
