"""Lots and stock: goods come in when little is left, and leave first expired, first out."""

import random
from collections import deque
from datetime import timedelta

from .clock import DAY_S
from .out import table

table("stock_balance", "warehouse_id lot_id product_id qty reserved updated_at")
table("stock_movement", "id warehouse_id lot_id product_id qty kind doc_kind doc_id biz_date note"
      " created_by created_at")
table("stock_receipt", "id receipt_no warehouse_id supplier_id received_on note created_by created_at")
table("stock_adjustment", "id adjustment_no warehouse_id lot_id qty reason to_warehouse_id note status"
      " made_by decided_by decided_at comment created_at")

RECALL_DAYS = 96


class Stock:
    def __init__(self, out, args, clock, world, products):
        self.out, self.args, self.clock, self.world = out, args, clock, world
        self.products = {p.id: p for p in products}
        self.rnd = random.Random("%d/stock" % args.seed)
        self.free = {}              # (warehouse, product) -> deque of [lot, free]
        self.balance = {}           # (warehouse, lot) -> [on hand, reserved]
        self.rate = {}              # (warehouse, product) -> units asked a day, smoothed
        self.asked = {}             # (warehouse, product) -> units asked today
        self.lots = {}              # lot -> [product, lot_no, produced, expires, status, note]
        self.newest = {}            # product -> lot that may still come in
        self.ids = {"movement": 0, "receipt": 0, "adjustment": 0}
        self.came = {}              # (warehouse, lot) -> last day goods came in
        self.opening = []           # movements whose quantity is known at the end
        self.scarce = {p.id for p in products if p.id % 29 == 5}
        self.recalled = 31 if len(products) > 31 else 1
        self.clerk = world.staff["logistics"][-1]
        self.number = None          # set by the trade: the next number of a kind

    def id(self, kind):
        self.ids[kind] += 1
        return self.ids[kind]

    def lot(self, p, produced, status="released", note=None):
        number = len(self.lots) + 1
        expires = produced + timedelta(days=p.life * 365 // 12 - 1)
        self.lots[number] = [p.id, "%s%s" % (produced.strftime("%y%m%d"), "ABCDEF"[p.id % 6]),
                             produced, expires, status, note]
        return number

    def open(self):
        """The first goods: as much as is used until regular supply begins."""
        for p in self.products.values():
            lot = self.lot(p, self.clock.start - timedelta(days=self.rnd.randrange(25, 75)))
            self.newest[p.id] = lot
            for w in (1, 2):
                self.free[w, p.id] = deque([[lot, 0]])
                self.balance[w, lot] = [0, 0]
                self.rate[w, p.id] = 0.0
                self.asked[w, p.id] = 0
                self.opening.append((self.id("movement"), w, p.id, lot))
        self.opened = {(w, lot): 0 for _, w, _, lot in self.opening}
        self.id("receipt")
        self.id("receipt")

    def morning(self, day):
        """Smooth what was asked; order in what runs low. Receipts are by warehouse and day."""
        supplied = day >= 25
        came = {1: [], 2: []}
        for key, asked in self.asked.items():
            self.rate[key] += (asked - self.rate[key]) * (0.05 if supplied else 1.0 / (day + 1))
            self.asked[key] = 0
            if not supplied:
                continue
            w, product = key
            left = sum(f for _, f in self.free[key])
            need = self.rate[key]
            scarce = product in self.scarce and w == 1
            if scarce:
                if left < need and (self.clock.last - day) % 16 == 9:
                    came[w].append((product, need * 6))
            elif left < need * 18:
                came[w].append((product, need * 55))
        for w, items in came.items():
            if items:
                self.receive(w, day, items)

    def receive(self, w, day, items):
        clock, number = self.clock, self.id("receipt")
        at = "%s %s" % (clock.days[day], clock.hms[3000 + w * 600])
        self.out.row("stock_receipt", number, self.number("RK", None, day), w, 1,
                     clock.days[day], "生产入库", self.clerk, at)
        for product, qty in items:
            p = self.products[product]
            qty = max(p.case, int(qty) // p.case * p.case)
            lot = self.fresh(p, clock.dates[day])
            self.put(w, product, lot, qty)
            self.came[w, lot] = day
            self.move(w, lot, product, qty, "receive", "stock_receipt", number, clock.days[day], at)

    def fresh(self, p, day):
        """The lot that comes in today: the newest, while it is young enough and not recalled."""
        lot = self.newest[p.id]
        produced = self.lots[lot][2]
        if day - produced > timedelta(days=60) or self.lots[lot][4] != "released":
            made = max(produced + timedelta(days=1), day - timedelta(days=self.rnd.randrange(18, 35)))
            lot = self.newest[p.id] = self.lot(p, made)
        return lot

    def put(self, w, product, lot, qty):
        queue = self.free[w, product]
        for item in queue:
            if item[0] == lot:
                item[1] += qty
                break
        else:
            queue.append([lot, qty])
        self.balance.setdefault((w, lot), [0, 0])[0] += qty

    def move(self, w, lot, product, qty, kind, doc_kind, doc, day, at, note="\\N"):
        self.ids["movement"] += 1
        self.out.line("stock_movement", f"{self.ids['movement']}\t{w}\t{lot}\t{product}\t{qty}\t{kind}\t{doc_kind}"
                      f"\t{doc}\t{day}\t{note}\t{self.clerk}\t{at}")

    def take(self, w, p, qty, day, whole):
        """Hold qty by lot, first expired first; a shortage is filled unless the product is scarce.

        whole: never leave a rest. Answers [(lot, qty)], which may be less for a scarce product.
        """
        key = (w, p.id)
        self.asked[key] += qty
        queue, taken = self.free[key], []
        while qty > 0 and queue:
            item = queue[0]
            lot, free = item
            if free <= 0:
                if len(queue) == 1 and day < 25:
                    self.top_up(w, p, lot, max(qty, p.case * 4))
                    continue
                queue.popleft()
                continue
            n = qty if qty < free else free
            item[1] -= n
            qty -= n
            taken.append((lot, n))
        if qty > 0 and (whole or day < 25 or p.id not in self.scarce or w != 1):
            self.receive(w, day, [(p.id, max(qty + p.case, self.rate[key] * 30))])
            for lot, n in self.take(w, p, qty, day, whole):
                taken.append((lot, n))
            self.asked[key] -= qty
        return merge(taken)

    def top_up(self, w, p, lot, qty):
        qty = -(-qty // p.case) * p.case
        self.opened[w, lot] += qty
        self.put(w, p.id, lot, qty)

    def recall(self, day):
        """The lot of one product that is being sold is recalled; its rest stays in the store."""
        for w in (1, 2):
            queue = self.free[w, self.recalled]
            if not queue or not queue[0][1]:
                self.top_up(w, self.products[self.recalled], queue[0][0], 1) if day < 25 else \
                    self.receive(w, day, [(self.recalled, 1)])
        lot = self.free[1, self.recalled][0][0]
        note = "%s 稳定性考察可见异物不合格，三级召回" % self.clock.days[day]
        self.lots[lot][4:] = ["recalled", note]
        for w in (1, 2):
            queue = self.free[w, self.recalled]
            self.free[w, self.recalled] = deque(i for i in queue if i[0] != lot) or deque()

    def left_over(self):
        """What a store also holds: near expiry, expired, under test, blocked, asked to be written off."""
        clock, today, n = self.clock, self.args.today, len(self.products)
        number = self.id("receipt")
        for k, (index, left, status, note, qty) in enumerate((
                (3, 25, "released", None, 260), (12, 48, "released", None, 380),
                (26, 71, "released", None, 150), (41, 84, "released", None, 520),
                (9, 118, "released", None, 640), (33, 150, "released", None, 300),
                (58, 171, "released", None, 420), (22, -9, "released", None, 90),
                (47, -41, "blocked", "已过期，待销毁", 60),
                (7, 1010, "quarantine", "待检：等待出厂检验报告", 6000),
                (19, 700, "quarantine", "待检：进口检验", 800),
                (52, 520, "blocked", "运输温度记录缺失，暂停销售", 240))):
            p = self.products[index % n + 1]
            expires = today + timedelta(days=left)
            produced = expires - timedelta(days=p.life * 365 // 12 - 1)
            at_day = clock.last - 3 if status == "quarantine" else 1
            if status == "quarantine":
                produced = today - timedelta(days=20 + k)
            if produced >= clock.dates[at_day]:
                produced = clock.dates[at_day] - timedelta(days=30)
            lot = self.lot(p, produced - timedelta(days=k % 3), status, note)
            if status != "quarantine":
                self.lots[lot][3] = expires
            self.balance[1, lot], self.came[1, lot] = [qty, 0], at_day
            at = "%s 02:%02d:00" % (clock.days[at_day], k)
            self.move(1, lot, p.id, qty, "receive", "stock_receipt", number, clock.days[at_day], at)
        self.out.row("stock_receipt", number, self.number("RK", None, 1), 1, 1, clock.days[1],
                     "期初在库批号补录", self.clerk, clock.days[1] + " 02:00:00")

    def adjustments(self):
        """Counts and write-offs: some approved, some waiting for a second person."""
        clock = self.clock
        check = self.world.staff["warehouse_check"][0]
        held = [(k, v) for k, v in sorted(self.balance.items()) if v[0] - v[1] > 60 and k[0] == 1
                and self.came.get(k, 0) < clock.last - 9]
        waiting = {"count": 2, "damage": 1, "expired": 1}
        for i in range(14):
            (w, lot), have = held[(i * 37) % len(held)]
            reason = ("count", "damage", "sample", "count", "expired")[i % 5]
            day = clock.workday(max(1, clock.last - 3 - i * 9, self.came.get((w, lot), 0) + 1))
            qty = 6 if reason == "count" and i % 2 else -(3 + i)
            status = "approved"
            if i < 4 and waiting.get(reason, 0):
                status, day = "waiting", max(1, clock.last - 1 - i)
            elif i in (6, 11):
                status = "rejected"
            number = self.id("adjustment")
            t = day * DAY_S + 12000 + i * 60
            decided = status != "waiting"
            self.out.row("stock_adjustment", number, self.number("TZ", None, day), w, lot, qty,
                         reason, None, {"count": "盘点差异", "damage": "外包装破损", "sample": "留样抽检",
                                        "expired": "近效期报损"}[reason], status, self.clerk,
                         check if decided else None, clock.text(t + 5400) if decided else None,
                         "请复盘后再报" if status == "rejected" else None, clock.text(t))
            if status == "approved":
                self.balance[w, lot][0] += qty
                self.move(w, lot, self.lots[lot][0], qty,
                          "destroy" if reason in ("damage", "expired") else "adjust", "stock_adjustment",
                          number, clock.days[day], clock.text(t + 5400), reason)

    def close(self):
        """Opening movements, lots and balances, now that all is known."""
        clock, born = self.clock, self.world.born
        day = clock.days[0]
        for movement, w, product, lot in self.opening:
            qty = self.opened[w, lot]
            if qty > 0:
                self.out.row("stock_movement", movement, w, lot, product, qty, "receive", "stock_receipt", w,
                             day, "期初库存", self.clerk, day + " 00:30:00")
        for w in (1, 2):
            self.out.row("stock_receipt", w, "RK%s-%04d" % (clock.compact[0], w), w, 1, day, "期初库存",
                         self.clerk, day + " 00:30:00")
        for lot, (product, lot_no, produced, expires, status, note) in self.lots.items():
            self.out.row("lot", lot, product, lot_no, produced, expires, status, note, born, born)
        now = clock.text(clock.now)
        for (w, lot), (qty, reserved) in sorted(self.balance.items()):
            self.out.row("stock_balance", w, lot, self.lots[lot][0], qty, reserved, now)


def merge(taken):
    if len(taken) < 2:
        return taken
    sums = {}
    for lot, n in taken:
        sums[lot] = sums.get(lot, 0) + n
    return list(sums.items())
