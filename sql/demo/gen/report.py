"""What senders told: files with their bytes, names as written, rows, counts, roll-up, balances."""

import hashlib
from operator import itemgetter

from . import sheets
from .clock import DAY_S
from .names import Names
from .out import fen, public_id, table

table("flow_file", "id pid party_id kind origin name format size hex:sha256 book_period date_from date_to header_row"
      " mapping status mode error rows_total rows_bad rows_warned rows_done rows_matched rows_foreign qty_total qty_matched"
      " superseded_by created_by imported_by imported_at created_at updated_at")
table("flow_blob", "file_id seq hex:content")
table("flow_template", "party_id kind hex:header_hash mapping used_at")
table("flow_row", "id book_period file_id row_no kind sender_id biz_date party_name_id product_name_id party_id"
      " product_id lot_no lot_id raw_qty qty price amount doc_no flow_level is_pure_sale flow_class rep_id"
      " org_unit_id warnings")
table("stock_report", "id book_period file_id row_no sender_id stock_date product_name_id product_id lot_no lot_id"
      " expires_on raw_qty qty warnings")
table("flow_month", "book_period kind sender_id product_id party_id rep_id flow_level is_pure_sale flow_class"
      " org_unit_id qty amount row_count")
table("flow_balance", "period party_id product_id lot_no opening purchased transferred sold returned reported"
      " in_transit cause state note decided_by decided_at")

N = "\\N"
DAY = itemgetter(0)
KINDS = {"purchase": ("PM", 0), "sale": ("SM", 5), "stock": ("IM", 10)}
SLOTS = 16
ROWS = 10000000
PARTS = ((1, 7), (8, 14), (15, 21), (22, 31))
CAUSE_NOTE = {"lot": "批号录入有误，已与对方核对", "unit": "件与盒混用，对方已更正口径", "sign": "退货未写负号", "cut_off": "月末出库次月开单",
              "in_transit": "货已入库，次月补录", "mapping": "品规录错", "gap": "缺若干日流向，对方补报中"}


class Ours:
    """Ourselves, as a supplier."""

    id, code, name, address, uscc = 1, "OWN", "汉珩制药股份有限公司", "武汉市东西湖区物流大道188号", ""


class Report:
    ours = Ours()

    def __init__(self, flows):
        self.flows, self.out, self.args, self.clock = flows, flows.out, flows.args, flows.clock
        self.months, self.lots, self.products = flows.months, flows.lots, flows.products
        self.names = Names(flows)
        self.bytes = flows.args.flows <= 300000
        self.digests = {m.period: [] for m in self.months}
        self.senders = len(flows.network.senders)
        self.late = []
        self.manager = flows.world.staff["sales_manager"][0]

    # -- one sender -------------------------------------------------------------------

    def begin(self, s, rnd, links):
        self.s, self.rnd, self.late = s, rnd, []
        self.names.begin(s, rnd, links)
        self.close_of = {}           # (product, lot_no) -> reported closing of the month before
        self.transit = {}            # (product, lot_no) -> shipped, not yet told as bought
        self.counted = None          # the last count: (day, {(product, lot) -> qty})
        self.used, self.sold = {}, {}

    def opening(self, held, supply, first):
        for product, queue in held.items():
            for lot, qty in queue:
                self.close_of[product, self.lots[lot][1]] = qty
        self.sent = sorted((x for x in supply if x.supplier is None), key=lambda x: x.shipped)
        self.sent_at = 0
        for x in supply:
            if x.supplier is None and x.told < first:
                key = x.product, self.lots[x.lot][1]
                self.transit[key] = self.transit.get(key, 0) - x.qty

    def until(self, s, m):
        """The last day that s has told by now in this month; None: nothing."""
        if m.left > 0:
            return m.last
        if s.method != "api":
            return None
        ends = [min(m.first + b - 1, m.last) for _, b in PARTS]
        done = [e for e in ends if e < self.clock.last]
        return done[-1] if done else None

    def sent_on(self, s, m):
        """When the files of a month came: a moment, or None when they have not."""
        clock, rnd = self.clock, self.rnd
        day = m.last + (1 if s.method == "api" else 1 + rnd.randrange(s.due) + (rnd.randrange(1, 5) if rnd.random() < 0.1 else 0))
        t = day * DAY_S + 5400 + rnd.randrange(25000)
        if m.left == 1:
            mute = self.flows.faults.mute.get(s.index)
            if mute in ("missing", "excused") or t > clock.now:
                self.flows.faults.tell(mute or "missing", m, s, "", 0, None, "", None, None)
                if mute == "excused":
                    self.out.row("flow_excuse", s.id, m.period, "仓库搬迁，系统停机，次月一并上报", s.collector, clock.text(min(t, clock.now - 60)))
                return None
        return t

    def month(self, s, m, end, came, bought, sales, held):
        faults = self.flows.faults
        t = self.sent_on(s, m) if m.left > 0 else end * DAY_S + 80000
        if t is None:
            self.flows.drafts.absent(s, m, end, bought, sales, held)
            return
        self.balance = {k: [q, 0, 0, 0, 0] for k, q in self.close_of.items() if q}
        self.why = {}
        purchases = faults.purchases(m, [[x.told, x, x.product, x.lot, self.lots[x.lot][1], x.qty, x.price, 1 + i % 7, 0,
                                          (x.fault,) if x.fault else None] for i, x in enumerate(bought)])
        told = faults.sales(s, m, end, sales, self.late)
        self.late = faults.next
        for r in self.late:
            self.why[r[2], r[4]] = "cut_off"
        for x in came:
            if x.told > m.last:
                self.why[x.product, self.lots[x.lot][1]] = "in_transit"
                if m.left == 1 and s.method != "api":     # told when this month is over: no row yet
                    faults.tell("in_transit", m, s, "purchase", 0, x.product, self.lots[x.lot][1], x.qty, 0)
        for key in faults.gone:
            self.why[key] = "gap"
        foreign = self.names.foreign_rows(s, m, end)
        self.peaks(s, m, told)
        self.file(s, m, "purchase", purchases, end, t, self.purchase_row)
        self.file(s, m, "sale", sorted(told + foreign, key=DAY), end, t + 240, self.sale_row)
        count = {(p, lot): q for p, queue in held.items() for lot, q in queue if q}
        if faults.mute.get(s.index) == "stock" and m.left == 1:
            faults.tell("stock", m, s, "stock", 0, None, "", None, None)
            count = None
        else:
            self.counted = end, count
            self.stock(s, m, count, end, t + 420)
        if m.left > 0:
            self.balances(s, m, count)

    # -- files -----------------------------------------------------------------------------

    def parts(self, s, m, end):
        """Coverage of the files of one kind: (first, last, number)."""
        if s.method != "api":
            return [(m.first, m.last, 0)]
        found = []
        for n, (a, b) in enumerate(PARTS):
            first, last = m.first + a - 1, min(m.first + b - 1, m.last)
            if last <= end:
                found.append((first, last, n))
        return found

    def file(self, s, m, kind, rows, end, t, make):
        self.sums = {}
        for first, last, n in self.parts(s, m, end):
            part = rows if s.method != "api" else [r for r in rows if first <= r[0] <= last]
            at = t if s.method != "api" else min(self.clock.now - 600, (last + 1) * DAY_S - 7200 + n)
            self.one(s, m, kind, n, part, first, last, at, make)
        for key, (unit, qty, amount, count) in self.sums.items():
            self.out.line("flow_month", f"{m.period}\t{kind}\t{s.id}\t{key}\t{unit}\t{qty}\t{fen(amount)}\t{count}")

    def one(self, s, m, kind, part, rows, first, last, t, make):
        """One file: its rows by make(), then the file itself."""
        letters, slot = KINDS[kind]
        number = (m.n * self.senders + s.index) * SLOTS + slot + part + 1
        style = s.style
        line = style.titles + 1
        base = number * ROWS
        self.records = [] if self.bytes else None
        self.lines = []
        self.matched = self.foreign = self.warned = self.count = 0
        self.qty = self.qty_matched = 0
        for r in rows:
            line += 1
            make(s, m, r, base + line, number, line)
        if self.lines:
            self.out.lines("stock_report" if kind == "stock" else "flow_row", self.lines)
        self.write_file(s, m, kind, number, rows, first, last, t, letters)

    def write_file(self, s, m, kind, number, rows, first, last, t, letters):
        clock, style = self.clock, s.style
        digest = hashlib.sha256("\n".join(self.lines).encode()).digest()
        if kind != "stock":
            self.digests[m.period].append((number, digest))
        if self.bytes:
            content = sheets.content(style, kind, s.name, clock.dates[first], clock.dates[last], self.records)
            sha, size = hashlib.sha256(content).hexdigest(), len(content)
            self.out.row("flow_blob", number, 0, content.hex())
        else:
            sha, size = hashlib.sha256(b"%d" % number + digest).hexdigest(), 90 * len(rows) + 400
        ending = style.format
        name = "%s_%s_%s_%s.%s" % (letters, s.code, s.name, clock.compact[last], ending)
        by = s.user if s.method == "portal" else s.collector if s.method == "office" else None
        at, done = clock.text(t), clock.text(min(t + 30 + len(rows) // 50, clock.now))
        n = len(rows)
        self.out.row("flow_file", number, public_id(number, 4), s.id, kind, s.method, name, style.format, size, sha,
                     m.period, clock.days[first], clock.dates[last], style.titles + 1, style.mapping[kind], "imported",
                     "strict", None, n, 0, self.warned, n, self.matched, self.foreign, trim(self.qty), trim(self.qty_matched), None,
                     by, by, done, at, done)
        self.used[kind] = done
        if m.left == 1 and kind == "sale" and self.bytes and s.method != "api" and s.index % 6 in (0, 4) and n > 9:
            self.earlier(s, m, number, first, last, t, "superseded" if s.index % 6 == 0 else "undone", by)

    def earlier(self, s, m, newer, first, last, t, status, by):
        """What was sent before and counts no more: replaced by the newer file, or taken back."""
        number, clock, style = newer // SLOTS * SLOTS + 14, self.clock, s.style
        kept = len(self.lines) * 4 // 5 if status == "superseded" else len(self.lines)
        head, matched, total, good = style.titles + 1, 0, 0, 0
        for n, line in enumerate(self.lines[:kept], head + 1):
            cells = line.split("\t")
            cells[0], cells[2] = str(number * ROWS + n), str(number)
            self.out.line("flow_row", "\t".join(cells))
            total += int(cells[14])
            if cells[9] != N and cells[10] != N:
                matched, good = matched + 1, good + int(cells[14])
        content = sheets.content(style, "sale", s.name, clock.dates[first], clock.dates[last], self.records[:kept]) \
            if status == "superseded" else sheets.content(style, "sale", s.name + "(测试)", clock.dates[first], clock.dates[last],
                                                          self.records)
        at, done = clock.text(t - 5400), clock.text(t - 5300)
        self.out.row("flow_file", number, public_id(number, 4), s.id, "sale", s.method,
                     "SM_%s_%s_%s.%s" % (s.code, s.name, clock.compact[last], style.format), style.format, len(content),
                     hashlib.sha256(content).hexdigest(), m.period, clock.days[first], clock.days[last], head,
                     style.mapping["sale"], status, "strict", None, kept, 0, 0, kept, matched, 0, trim(total), trim(good),
                     newer if status == "superseded" else None, by, by, done, at, done)
        self.out.row("flow_blob", number, 0, content.hex())

    def end(self, s):
        for kind, at in self.used.items():
            self.out.row("flow_template", s.id, kind, s.style.hash[kind], s.style.mapping[kind], at)
        self.names.end(s)
        if self.counted:
            self.channel(s, *self.counted)

    def channel(self, s, day, count):
        day = self.clock.days[day]
        for (product, lot), qty in count.items():
            self.out.line("channel_stock", f"{s.id}\t{product}\t{self.lots[lot][1]}\t{self.lots[lot][3]}\t{qty}\t{day}\tfeed")

    # -- rows -------------------------------------------------------------------------------

    def sale_row(self, s, m, r, number, file, line):
        day, link, product, lot, lot_no, qty, price, doc, warn, fault = r
        party, names = link.party, self.names
        who = names.party(link, m, line)
        what = names.product(product, qty, m.left < 2)
        text = self.clock.days[day]
        raw = names.raw(what, qty)
        names.seen(who, raw, text)
        names.seen(what, raw, text)
        known, target = what[8] is not None, who[8]
        rep = unit = N
        if target is not None and link.pure:
            for since, user, department in link.owners:
                if since <= day and user is not None:
                    rep, unit = user, department
        amount = qty * price
        pure = link.pure if target is not None else 0
        ours = what[8] if known else N
        lot_id = lot if known and (fault is None or fault[0] not in ("lot", "mapping")) else N
        doc_no = f"XS{self.clock.compact[day][2:]}{doc:03d}"
        level, sender = s.level, s.id
        self.lines.append(f"{number}\t{m.period}\t{file}\t{line}\tsale\t{sender}\t{text}\t{who[0]}\t{what[0]}"
                          f"\t{N if target is None else target}\t{ours}\t{lot_no}\t{lot_id}\t{raw}\t{qty}"
                          f"\t{price // 100}.{price % 100:02d}\t{fen(amount)}\t{doc_no}\t{level}\t{pure}\t1\t{rep}\t{unit}\t{warn}")
        if what[7] != "foreign":
            key = f"{ours if known else 0}\t{target or 0}\t{rep if rep != N else 0}\t{level}\t{pure}\t1"
            self.add(key, unit, qty, amount)
            self.qty += qty
            if known and target is not None:
                self.matched += 1
                self.qty_matched += qty
        else:
            self.foreign += 1
        if warn:
            self.warned += 1
        if known:
            entry = self.entry(product, lot_no)
            if link.pure == 0:
                entry[2] -= qty
            elif qty >= 0:
                entry[3] += qty
            else:
                entry[4] += qty
        if fault is not None:
            self.fault(m, s, "sale", number, r, party)
        if self.records is not None:
            self.records.append(self.cells(s, day, "sale", who, what, lot_no, qty, price, doc_no))

    def purchase_row(self, s, m, r, number, file, line):
        day, x, product, lot, lot_no, qty, price, doc, warn, fault = r
        names = self.names
        supplier = x.supplier or self.ours
        who, what = names.supplier(supplier), names.product(product, qty)
        text = self.clock.days[day]
        raw = names.raw(what, qty)
        names.seen(who, raw, text)
        names.seen(what, raw, text)
        amount = qty * price
        lot_id = lot if fault is None or fault[0] != "lot" else N
        doc_no = f"RK{self.clock.compact[day][2:]}{doc:03d}"
        self.lines.append(f"{number}\t{m.period}\t{file}\t{line}\tpurchase\t{s.id}\t{text}\t{who[0]}\t{what[0]}\t{who[8]}"
                          f"\t{what[8]}\t{lot_no}\t{lot_id}\t{raw}\t{qty}\t{price // 100}.{price % 100:02d}"
                          f"\t{fen(amount)}\t{doc_no}\t{s.level}\t0\t1\t{N}\t{N}\t{warn}")
        self.add(f"{what[8]}\t{who[8]}\t0\t{s.level}\t0\t1", N, qty, amount)
        self.qty += qty
        self.qty_matched += qty
        self.matched += 1
        self.warned += 1 if warn else 0
        entry = self.entry(product, lot_no)
        if x.supplier is None:
            entry[1] += qty
            self.transit[product, lot_no] = self.transit.get((product, lot_no), 0) - qty
        else:
            entry[2] += qty
        if fault is not None:
            self.fault(m, s, "purchase", number, r, None)
        if self.records is not None:
            self.records.append(self.cells(s, day, "purchase", who, what, lot_no, qty, price, doc_no))

    def stock(self, s, m, count, end, t):
        rows = sorted(count.items())
        self.one(s, m, "stock", 0, [(end, p, lot, qty) for (p, lot), qty in rows], m.first, end, t, self.stock_row)

    def stock_row(self, s, m, r, number, file, line):
        day, product, lot, qty = r
        _, lot_no, _, expires, _, _ = self.lots[lot]
        what = self.names.product(product, 0)
        text = self.clock.days[day]
        self.names.seen(what, qty, text)
        self.lines.append(f"{number}\t{m.period}\t{file}\t{line}\t{s.id}\t{text}\t{what[0]}\t{product}\t{lot_no}\t{lot}"
                          f"\t{expires}\t{qty}\t{qty}\t0")
        self.qty += qty
        self.qty_matched += qty
        self.matched += 1
        if self.records is not None:
            self.records.append(self.stock_cells(day, lot, what, qty))

    def cells(self, s, day, kind, who, what, lot_no, qty, price, doc_no):
        """A row of purchases or sales as the sender's file has it."""
        fields = s.style.fields[kind]
        return {"biz_date": (self.clock.dates[day],), "doc_no": doc_no, "counterparty_code": who[2],
                "counterparty_name": who[1], "counterparty_address": who[3] if "counterparty_address" in fields else "",
                "counterparty_uscc": who[3], "product_code": what[2], "product_name": what[1], "spec": what[3],
                "manufacturer": what[5], "batch_no": lot_no, "unit": what[4], "qty": str(self.names.raw(what, qty)),
                "unit_price": fen(price * what[9]), "amount": fen(qty * price), "salesman": ""}

    def stock_cells(self, day, lot, what, qty):
        _, lot_no, _, expires, _, _ = self.lots[lot]
        return {"biz_date": (self.clock.dates[day],), "warehouse": "合格品库", "product_code": what[2], "product_name": what[1],
                "spec": what[3], "manufacturer": what[5], "batch_no": lot_no, "expiry_date": (expires,), "unit": what[4],
                "qty": str(qty)}

    def add(self, key, unit, qty, amount):
        sums = self.sums.get(key)
        if sums is None:
            self.sums[key] = [unit, qty, amount, 1]
        else:
            sums[1] += qty
            sums[2] += amount
            sums[3] += 1

    def entry(self, product, lot_no):
        entry = self.balance.get((product, lot_no))
        if entry is None:
            entry = self.balance[product, lot_no] = [0, 0, 0, 0, 0]
        return entry

    def peaks(self, s, m, told):
        """Months that are above three times the median of six before (DOMAIN 2.3, V14)."""
        sums = {}
        for r in told:
            sums[r[2]] = sums.get(r[2], 0) + r[5]
        for product, qty in sums.items():
            before = [h for n, h in self.sold.get(product, ()) if n >= m.n - 6]
            if len(before) >= 4 and m.left > 0:
                median = sorted(before + [0] * (6 - len(before)))[3]
                if median > 0 and qty > 3 * median:
                    self.flows.faults.tell("peak", m, s, "sale", 0, product, "", median, qty)
            self.sold.setdefault(product, []).append((m.n, qty))

    # -- the balance ---------------------------------------------------------------------------

    def fault(self, m, s, what, number, r, party):
        """The truth about a row, and the cause of the difference it makes."""
        _, _, product, lot, lot_no, qty, _, _, _, fault = r
        kind = fault[0]
        true = fault[1] if len(fault) > 1 else qty
        more = {"terminal_id": party.id} if kind == "diversion" else {}
        self.flows.faults.tell(kind, m, s, what, number, product, lot_no, true, qty, **more)
        if kind in CAUSE_NOTE:
            self.why[product, lot_no] = kind
            if kind == "lot":
                self.why[product, self.lots[lot][1]] = kind
            if kind == "mapping":
                self.why[fault[1], lot_no] = kind

    def balances(self, s, m, count):
        transit, lots = self.transit, self.lots
        while self.sent_at < len(self.sent) and self.sent[self.sent_at].shipped <= m.last:
            x = self.sent[self.sent_at]
            key = x.product, lots[x.lot][1]
            transit[key] = transit.get(key, 0) + x.qty
            self.sent_at += 1
        reported = None
        if count is not None:
            reported = {}
            for (product, lot), qty in count.items():
                key = product, lots[lot][1]
                reported[key] = reported.get(key, 0) + qty
            for key in reported:
                if key not in self.balance:
                    self.balance[key] = [0, 0, 0, 0, 0]
        for key, x in transit.items():
            if x > 0 and key not in self.balance:
                self.balance[key] = [0, 0, 0, 0, 0]
        clock, done = self.clock, m.status in ("locked", "closed")
        decided = clock.text(min(clock.now - 600, (m.last + 8) * DAY_S + 20000)) if done else N
        for key in sorted(self.balance):
            opening, purchased, transferred, sold, returned = self.balance[key]
            if reported is None:
                closing, cause, state, note, by, at = N, "none", "ok", N, N, N
            else:
                closing = reported.get(key, 0)
                cause, state, note, by, at = "none", "ok", N, N, N
                if closing - (opening + purchased + transferred - sold - returned):
                    cause = self.why.get(key, "unexplained")
                    state = "open"
                    if done:
                        state = "accepted" if cause == "unexplained" else "explained"
                        note, by, at = CAUSE_NOTE.get(cause, "差异不大，按对方盘点数接受"), s.collector, decided
            self.out.line("flow_balance", f"{m.period}\t{s.id}\t{key[0]}\t{key[1]}\t{opening}\t{purchased}\t{transferred}\t{sold}"
                          f"\t{returned}\t{closing}\t{max(0, transit.get(key, 0))}\t{cause}\t{state}\t{note}\t{by}\t{at}")
        self.close_of = reported if reported is not None else {}

    # -- months ------------------------------------------------------------------------------------

    def digest(self, m):
        """SHA-256 over the SHA-256 of each file of purchases and sales, by file."""
        whole = hashlib.sha256()
        for _, digest in sorted(self.digests[m.period]):
            whole.update(digest)
        return whole.hexdigest()


def trim(number):
    return "%.4f" % number
