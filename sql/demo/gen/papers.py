"""Shipments, invoices, the ledger, receipts and their allocation."""

from .clock import DAY_S
from .out import fen, public_id, table

table("shipment", "id pid party_id order_id shipment_no warehouse_id storage_class status carrier tracking_no"
      " cases ship_name ship_contact ship_phone ship_address expected_on picked_by checked_by shipped_on"
      " shipped_at delivered_at created_at updated_at")
table("shipment_line", "id party_id shipment_id order_line_id lot_id product_id qty received_qty refused_qty"
      " damaged_qty")
table("shipment_event", "id party_id shipment_id kind at place note temperature created_by created_at")
table("arrival", "id party_id shipment_id arrived_on received_by_name temperature note entered_by entered_on"
      " created_at")
table("invoice", "id pid party_id order_id doc_no kind red_of_id invoice_no status request_no reason title uscc"
      " net_amount tax_amount amount issued_on due_on created_by created_at updated_at")
table("invoice_line", "id party_id invoice_id order_line_id product_id blue_line_id qty red_qty price vat_rate"
      " amount net_amount tax_amount")
table("voucher", "id voucher_no party_id biz_date kind doc_kind doc_id doc_no created_by created_at")
table("voucher_line", "voucher_id line_no account_code party_id biz_date debit credit")
table("ar_item", "id party_id kind invoice_id order_id doc_no biz_date due_on amount settled promised_on"
      " created_at")
table("receipt", "id receipt_no party_id received_on method amount allocated payer_name payer_account payer_ok"
      " reference status note created_by posted_by posted_at created_at updated_at")
table("allocation", "id party_id ar_item_id receipt_id credit_item_id amount allocated_on how created_by"
      " created_at")

N = "\\N"
CARRIERS = (("楚达物流", "CD"), ("恒运冷链", "HY"), ("捷盈供应链", "JY"), ("自有车辆", "ZY"))
NEVER = 1 << 30


class Papers:
    def __init__(self, trade):
        self.trade, self.out, self.clock = trade, trade.out, trade.clock
        self.rnd, self.stock, self.world = trade.rnd, trade.stock, trade.world
        staff = self.world.staff
        self.pickers, self.checkers = staff["logistics"], staff["warehouse_check"]
        self.clerk, self.biller, self.cashier = staff["finance"]
        self.small = trade.args.orders < 20000
        self.shipment = self.shipment_line = self.event = self.arrival = 0
        self.invoice = self.invoice_line = self.voucher = self.item = self.receipt = self.allocation = 0
        self.held = {}              # (branch or chain, product, lot) -> units delivered to a chain
        self.by_id = {c.id: c for c in self.world.customers}
        self.collect = {}           # customer -> [fen overdue, oldest due day]

    # -- goods out -------------------------------------------------------------------

    def send(self, t, order, items):
        """Items held at t: picked, checked, on the road, received, invoiced, as far as now."""
        clock, rnd = self.clock, self.rnd
        now = clock.now
        if order.pay == "prepaid" and not self.prepaid(t, order):
            return self.keep(order, items, None, clock.text(t))
        slow = 2.5 if self.small and t > now - 3 * DAY_S else 1
        picked = clock.add(t, (rnd.expovariate(0.8) + 0.3) * slow)
        if picked > now:
            return self.keep(order, items, None, clock.text(t))
        shipped = clock.add(picked, (rnd.expovariate(0.35) + 0.8) * slow)
        if shipped > now:
            return self.pick_list(order, items, picked, t)
        return self.ship(order, items, picked, shipped)

    def keep(self, order, items, shipment, at):
        for line, lot, qty in items:
            self.trade.reserve(order, line, lot, qty, shipment, at)

    def pick_list(self, order, items, picked, t):
        number = self.head(order, items, picked, None, "picking", None, None, N)
        self.keep(order, items, number, self.clock.text(t))
        for line, lot, qty in items:
            self.shipment_line += 1
            self.out.row("shipment_line", self.shipment_line, order.c.id, number, line.id, lot, line.p.id, qty,
                         0, 0, 0)
        self.mark(order, number, "picked", self.clock.text(picked), N, N)

    def head(self, order, items, picked, shipped, status, carrier, delivered, cases):
        """The shipment row; answers its id."""
        clock, c, a = self.clock, order.c, order.address
        self.shipment += 1
        number = self.trade.number("CK", c, picked // DAY_S)
        kind = "cold" if items[0][0].p.cold else "normal"
        picker = self.pickers[self.shipment % len(self.pickers)]
        if shipped is None:
            tail = f"{N}\t{N}\t{N}\t{a[2]}\t{a[3]}\t{a[4]}\t{a[5]}\t{N}\t{picker}\t{N}\t{N}\t{N}\t{N}"
            last = clock.text(picked)
        else:
            checker = self.checkers[1 if kind == "cold" else 0]
            last = clock.text(delivered if delivered else shipped)
            tail = (f"{carrier[0]}\t{carrier[1]}{clock.compact[shipped // DAY_S][2:]}{self.shipment:07d}\t{cases}"
                    f"\t{a[2]}\t{a[3]}\t{a[4]}\t{a[5]}\t{clock.days[order.expected]}\t{picker}\t{checker}"
                    f"\t{clock.days[shipped // DAY_S]}\t{clock.text(shipped)}\t{last if delivered else N}")
        self.out.line("shipment", f"{self.shipment}\t{public_id(self.shipment, 2)}\t{c.id}\t{order.id}\t{number}"
                      f"\t{c.warehouse}\t{kind}\t{status}\t{tail}\t{clock.text(picked)}\t{last}")
        if shipped is not None and order.origin == "portal":
            self.trade.tell(order.by, "shipment.shipped", number,
                            "/shipments/view?id=%d" % public_id(self.shipment, 2), shipped)
        return self.shipment

    def mark(self, order, shipment, kind, at, place, temperature):
        self.event += 1
        self.out.line("shipment_event", f"{self.event}\t{order.c.id}\t{shipment}\t{kind}\t{at}\t{place}\t{N}"
                      f"\t{temperature}\t{N}\t{at}")

    def ship(self, order, items, picked, shipped):
        clock, rnd, c, out = self.clock, self.rnd, order.c, self.out
        now, day = clock.now, clock.days[shipped // DAY_S]
        home = c.province == ("42" if c.warehouse == 1 else "32")
        road = DAY_S * (1 if home else rnd.randrange(2, 5)) + rnd.randrange(-7000, 20000)
        reached = (shipped + road) // DAY_S * DAY_S + 3000 + rnd.randrange(28000)
        signed = reached + rnd.randrange(600, 9000)
        arrived = signed <= now
        status = "delivered" if arrived else "in_transit" if shipped + 14000 <= now else "shipped"
        cold = items[0][0].p.cold
        carrier = CARRIERS[1 if cold else 3 if home and rnd.random() < 0.5 else 0 if c.id % 3 else 2]
        cases = sum(-(-qty // line.p.case) for line, _, qty in items)
        number = self.head(order, items, picked, shipped, status, carrier, signed if arrived else None, cases)
        at, warehouse, stock = clock.text(shipped), c.warehouse, self.stock
        bad = rnd.randrange(len(items)) if arrived and rnd.random() < 0.011 else -1
        refused = []
        for i, (line, lot, qty) in enumerate(items):
            p = line.p
            stock.balance[warehouse, lot][0] -= qty
            stock.move(warehouse, lot, p.id, -qty, "ship", "shipment", number, day, at)
            line.shipped += qty
            good, no, broken = (qty, 0, 0) if arrived else (0, 0, 0)
            if i == bad and qty > 8:
                no, broken = rnd.randrange(0, 3), rnd.randrange(1, 5)
                good -= no + broken
                refused.append((line, lot, no + broken, no))
                line.refused += no + broken
            line.delivered += good
            self.shipment_line += 1
            out.line("shipment_line", f"{self.shipment_line}\t{c.id}\t{number}\t{line.id}\t{lot}\t{p.id}\t{qty}"
                     f"\t{good}\t{no}\t{broken}")
            if c.role == "distributor":
                self.trade.shipped.add(c.id, shipped // DAY_S, signed // DAY_S if arrived else -1, p.id, lot,
                                       good if arrived else qty, line.price)
            if c.role in ("hospital", "chain") and arrived:
                key = (order.branch or c.id, p.id, lot)
                self.held[key] = (self.held.get(key, (0, 0))[0] + good, signed)
        self.trail(order, number, picked, shipped, signed, reached, cold)
        if arrived:
            self.receive(order, number, signed, cold, refused)
        self.bill(order, items, shipped, signed if refused else None, refused)

    def trail(self, order, number, picked, shipped, signed, reached, cold):
        clock, now, place = self.clock, self.clock.now, self.world
        warm = f"{3 + self.rnd.random() * 3.5:.2f}" if cold else N
        home = "武汉中心仓" if order.c.warehouse == 1 else "苏州华东分仓"
        if self.small:
            self.mark(order, number, "picked", clock.text(picked), home, N)
        self.mark(order, number, "shipped", clock.text(shipped), home, warm)
        if self.small and shipped + 14000 <= now:
            self.mark(order, number, "transit", clock.text(shipped + 14000),
                      place.region[order.c.province] + "分拨中心", warm)
        if signed <= now:
            self.mark(order, number, "delivered", clock.text(signed), place.city_name(order.c.city), warm)
        elif reached <= now:
            self.mark(order, number, "arrived", clock.text(reached), place.city_name(order.c.city), warm)

    def receive(self, order, number, signed, cold, refused):
        clock, rnd, c = self.clock, self.rnd, order.c
        self.arrival += 1
        receiver = c.users.get("receiver") or c.buyers
        portal = rnd.random() < 0.8
        by = receiver[0] if portal else self.pickers[0]
        note = "外包装破损%d，拒收%d" % (refused[0][2] - refused[0][3], refused[0][3]) if refused else N
        at = clock.text(signed)
        self.out.line("arrival", f"{self.arrival}\t{c.id}\t{number}\t{clock.days[signed // DAY_S]}"
                      f"\t{order.address[3]}\t{'4.%d0' % rnd.randrange(1, 9) if cold else N}\t{note}\t{by}"
                      f"\t{'portal' if portal else 'office'}\t{at}")
        for line, lot, _, qty in refused:
            if not qty:
                continue
            self.stock.balance.setdefault((3, lot), [0, 0])[0] += qty
            self.stock.move(3, lot, line.p.id, qty, "return", "arrival", self.arrival,
                            clock.days[signed // DAY_S], at)

    # -- invoices -------------------------------------------------------------------------

    def bill(self, order, items, shipped, signed, refused):
        clock, rnd, now = self.clock, self.rnd, self.clock.now
        slow = 5 if self.small and shipped > now - 4 * DAY_S else 1
        asked = clock.add(shipped, rnd.expovariate(0.3) + 0.4)
        if asked > now:
            order.open_papers = True
            return
        issued = clock.add(asked, rnd.expovariate(0.9) * slow + 0.1)
        status = "issued" if issued <= now else "requested" if rnd.random() < 0.6 else "to_issue"
        if status == "issued" and self.small and shipped > now - 25 * DAY_S and rnd.random() < 0.012:
            status = "failed"
        sums = {}
        for line, _, qty in items:
            entry = sums.get(line.id)
            if entry is None:
                sums[line.id] = [line, qty]
            else:
                entry[1] += qty
        back = {}
        red_at = None
        if refused and status == "issued":
            red_at = clock.add(max(signed, issued), rnd.expovariate(0.06) + 3)
            if red_at <= now:
                for line, _, qty, _ in refused:
                    back[line.id] = back.get(line.id, 0) + qty
            else:
                order.open_papers = True
        lines, gross, net = self.invoice_lines(order, sums.values(), back)
        for line, qty in sums.values():
            line.invoiced += qty
        number = self.invoice
        if status != "issued":
            order.open_papers = True
            self.invoice_row(order, number, "blue", None, asked, None, None, status, gross, net)
            return
        day = issued // DAY_S
        due = clock.due(order.c.terms, day if order.pay == "credit" else order.placed // DAY_S)
        no = self.invoice_row(order, number, "blue", None, asked, issued, due, status, gross, net)
        item = self.book(order, number, "invoice", no, issued, gross, net)
        order.invoiced += gross
        for line, qty in sums.values():
            line.issued += qty
        taken = 0
        if back:
            taken = self.red(order, number, item, no, lines, back, red_at)
        self.settle(order, item, number, no, day, due, gross, taken, issued)

    def invoice_lines(self, order, sums, back):
        """Blue lines of a new invoice: [(line, qty, invoice line id)], gross and net in fen."""
        self.invoice += 1
        number, c, out = self.invoice, order.c, self.out
        lines, gross, total = [], 0, 0
        for line, qty in sums:
            p = line.p
            amount = qty * line.price
            net = (amount * 200 + 100 + p.rate) // (200 + 2 * p.rate)
            gross += amount
            total += net
            self.invoice_line += 1
            lines.append((line, qty, self.invoice_line))
            tax = amount - net
            out.line("invoice_line", f"{self.invoice_line}\t{c.id}\t{number}\t{line.id}\t{p.id}\t{N}\t{qty}"
                     f"\t{back.get(line.id, 0)}\t{line.price // 100}.{line.price % 100:02d}\t{p.vat}"
                     f"\t{amount // 100}.{amount % 100:02d}\t{net // 100}.{net % 100:02d}"
                     f"\t{tax // 100}.{tax % 100:02d}")
        return lines, gross, total

    def invoice_row(self, order, number, kind, blue, asked, issued, due, status, gross, net):
        """The invoice; answers the number of the tax platform, or None."""
        clock, c = self.clock, order.c
        doc = self.trade.number("IV", c, asked // DAY_S)
        no = None
        if status == "issued":
            no = "%s42200009%010d" % (clock.compact[issued // DAY_S][2:4], number)
        request = "RQ%s%07d" % (clock.compact[asked // DAY_S], number) if status != "to_issue" else N
        reason = "外包装破损，部分退回" if kind == "red" else "购方名称与税号不一致" if status == "failed" else N
        last = clock.text(issued if issued else asked)
        self.out.line("invoice", f"{number}\t{public_id(number, 3)}\t{c.id}\t{order.id}\t{doc}\t{kind}"
                      f"\t{blue or N}\t{no or N}\t{status}\t{request}\t{reason}\t{c.name}\t{c.uscc}"
                      f"\t{fen(net)}\t{fen(gross - net)}\t{fen(gross)}"
                      f"\t{clock.days[issued // DAY_S] if issued else N}\t{clock.days[due] if issued else N}"
                      f"\t{self.biller}\t{clock.text(asked)}\t{last}")
        return no

    def book(self, order, invoice, kind, no, t, gross, net):
        """Voucher of an issued invoice; answers the id its receivable will have."""
        c = order.c
        self.entry(c.id, kind, "invoice", invoice, no, t, self.biller,
                   (("1122", c.id, gross, 0), ("6001", None, 0, net), ("2221", None, 0, gross - net)))
        self.item += 1
        return self.item

    def number(self, party, day):
        return self.trade.number("PZ", self.by_id[party], day)

    def entry(self, party, kind, doc_kind, doc, doc_no, t, by, lines):
        clock, out = self.clock, self.out
        day = t // DAY_S
        self.voucher += 1
        number = self.voucher
        out.line("voucher", f"{number}\t{self.number(party, day)}\t{party}\t{clock.days[day]}\t{kind}"
                 f"\t{doc_kind}\t{doc}\t{doc_no}\t{by}\t{clock.text(t)}")
        i = 0
        for account, owner, debit, credit in lines:
            if debit or credit:
                i += 1
                out.line("voucher_line", f"{number}\t{i}\t{account}\t{owner or N}\t{clock.days[day]}\t{fen(debit)}"
                         f"\t{fen(credit)}")

    def red(self, order, blue, item, no, lines, back, t):
        """A red invoice for what came broken, set against its blue one; answers fen taken off."""
        c, out, day = order.c, self.out, t // DAY_S
        self.invoice += 1
        number, gross, total = self.invoice, 0, 0
        for line, _, blue_line in lines:
            qty = back.get(line.id, 0)
            if not qty:
                continue
            p = line.p
            amount = qty * line.price
            net = (amount * 200 + 100 + p.rate) // (200 + 2 * p.rate)
            gross += amount
            total += net
            line.red += qty
            line.issued -= qty
            self.invoice_line += 1
            out.line("invoice_line", f"{self.invoice_line}\t{c.id}\t{number}\t{line.id}\t{p.id}\t{blue_line}\t{-qty}"
                     f"\t0\t{fen(line.price)}\t{p.vat}\t{fen(-amount)}\t{fen(-net)}\t{fen(net - amount)}")
        red_no = self.invoice_row(order, number, "red", blue, t, t, day, "issued", -gross, -total)
        credit = self.book(order, number, "red", red_no, t, -gross, -total)
        clock = self.clock
        out.line("ar_item", f"{credit}\t{c.id}\tred\t{number}\t{order.id}\t{red_no}\t{clock.days[day]}"
                 f"\t{clock.days[day]}\t{fen(-gross)}\t{fen(-gross)}\t{N}\t{clock.text(t)}")
        self.allocation += 1
        out.line("allocation", f"{self.allocation}\t{c.id}\t{item}\t{N}\t{credit}\t{fen(gross)}\t{clock.days[day]}"
                 f"\tred\t{self.biller}\t{clock.text(t)}")
        order.invoiced -= gross
        self.trade.state[c.id].exposure -= gross
        return gross

    # -- money in ------------------------------------------------------------------------------

    def settle(self, order, item, invoice, no, day, due, gross, taken, issued):
        """Decide when this invoice is paid, and write its receivable as it stands now."""
        clock, rnd, c = self.clock, self.rnd, order.c
        state = self.trade.state[c.id]
        rest, settled, promised = gross - taken, taken, N
        if order.pay == "prepaid":
            settled += self.use_prepaid(order, item, rest, issued, no)
        elif rest:
            late = lateness(rnd, c.pay)
            if late > 9000 and due < clock.last - 240:
                late = 130
            run = self.run_day(c, max(day + 1, due + late)) if late < 9000 else NEVER
            parts = [(run, rest)]
            if rnd.random() < 0.04 and rest > 100000:
                first = rest * rnd.randrange(3, 7) // 10 // 10000 * 10000
                if first:
                    parts = [(run, first), (self.run_day(c, run + 15) if run < NEVER else NEVER, rest - first)]
            for when, amount in parts:
                state.late.append((due, when, amount))
                at = when * DAY_S + 3600 + (c.id * 977 + when * 131) % 24000
                if at > clock.now:
                    if due < clock.last:
                        owed = self.collect.setdefault(c.id, [0, due])
                        owed[0] += amount
                        owed[1] = min(owed[1], due)
                        promised = clock.days[clock.last + 3 + c.id % 9] if c.id % 3 == 0 else N
                    continue
                if self.run_state(c, when) == "allocated":
                    settled += amount
                runs = state.runs.get(when)
                if runs is None:
                    runs = state.runs[when] = []
                    self.trade.push(at, 3, c)
                runs.append((item, amount, no))
        order.paid += settled - taken
        self.out.line("ar_item", f"{item}\t{c.id}\tinvoice\t{invoice}\t{order.id}\t{no}\t{clock.days[day]}"
                      f"\t{clock.days[due]}\t{fen(gross)}\t{fen(settled)}\t{promised}\t{clock.text(issued)}")

    def run_day(self, c, day):
        """Customers pay on their own days: each has a rhythm."""
        period = (5, 7, 10, 15)[c.id % 4]
        return self.clock.workday(day + (c.id - day) % period)

    def run_state(self, c, day):
        """What finance has done with a receipt: older ones are all allocated."""
        clock = self.clock
        if clock.last - day > 6:
            return "allocated"
        x = (c.id * 7919 + day * 104729) % 100
        return "draft" if x < 15 and clock.last - day < 3 else "held" if x < 21 else \
            "open" if x < 50 else "allocated"

    def pay(self, t, c):
        day = t // DAY_S
        clock, state = self.clock, self.trade.state[c.id]
        runs = state.runs.pop(day)
        done = self.run_state(c, day)
        amount = sum(x[1] for x in runs)
        paid = amount
        if c.id % 4 == 1 and day % 5 == 0 and clock.last - day < 60 and amount > 1000000:
            paid = -(-amount // 100000) * 100000
        method = "bill" if c.role == "distributor" and (c.id + day) % 11 == 0 else "bank"
        receipt = self.receipt_row(c, t, paid, amount if done == "allocated" else 0, method, done,
                                   "货款 " + " ".join(x[2] for x in runs[:4]))
        if done == "draft":
            return
        state.exposure -= paid
        if done == "allocated":
            how = "oldest" if c.auto else "reference" if len(runs) <= 4 else "hand"
            for item, part, no in runs:
                self.allocate(c, item, receipt, part, how, t + 300, no)

    def receipt_row(self, c, t, amount, allocated, method, done, text):
        """A receipt and, when it is posted, its voucher; answers its id."""
        clock = self.clock
        day = t // DAY_S
        self.receipt += 1
        number = self.receipt
        no = self.trade.number("SK", c, day)
        at = clock.text(t)
        posted = done != "draft"
        held = done == "held"
        payer = c.name if not held else c.name.replace("有限公司", "") + "第二分公司"
        account = c.bank if not held else c.bank[:-4] + "8800"
        self.out.line("receipt", f"{number}\t{no}\t{c.id}\t{clock.days[day]}\t{method}\t{fen(amount)}"
                      f"\t{fen(allocated)}\t{payer}\t{account}\t{0 if held else 1}\t{text}"
                      f"\t{'posted' if posted else 'draft'}\t{N}\t{self.clerk}\t{self.cashier if posted else N}"
                      f"\t{at if posted else N}\t{at}\t{at}")
        if posted:
            bank = ("1121", c.id) if method == "bill" else ("1002", None)
            self.entry(c.id, "receipt", "receipt", number, no, t, self.cashier,
                       ((*bank, amount, 0), ("2203", c.id, 0, amount)))
        return number

    def allocate(self, c, item, receipt, amount, how, t, no):
        clock = self.clock
        self.allocation += 1
        self.out.line("allocation", f"{self.allocation}\t{c.id}\t{item}\t{receipt}\t{N}\t{fen(amount)}"
                      f"\t{clock.days[t // DAY_S]}\t{how}\t{self.clerk}\t{clock.text(t)}")
        self.entry(c.id, "allocation", "allocation", self.allocation, no, t, self.clerk,
                   (("2203", c.id, amount, 0), ("1122", c.id, 0, amount)))

    # -- money before goods ------------------------------------------------------------------------

    def prepaid(self, t, order):
        """True when the money for the order has come by now."""
        if order.prepay is None:
            at = self.clock.add(t, self.rnd.expovariate(0.2) + 0.5)
            order.prepay = [at, order.approved, 0, []]
        return order.prepay[0] <= self.clock.now

    def use_prepaid(self, order, item, amount, t, no):
        order.prepay[2] += amount
        order.prepay[3].append((item, amount, t, no))
        return amount

    def close_prepaid(self, order):
        if order.prepay is None or order.prepay[0] > self.clock.now:
            return
        at, amount, used, parts = order.prepay
        c = order.c
        self.trade.state[c.id].exposure -= amount
        receipt = self.receipt_row(c, at, amount, used, "bank", "allocated", "预付货款 " + order.no)
        for item, part, t, no in parts:
            self.allocate(c, item, receipt, part, "reference", max(t, at), no)

    # -- the end -----------------------------------------------------------------------------------

    def close(self):
        """Receipts nobody can place yet, and what is left with the chains."""
        clock = self.clock
        for k, (name, amount) in enumerate((("武汉市瑞生大药房", 1864000), ("个人汇款 转货款", 320000),
                                            ("长沙康德医药物流部", 7785050))):
            day = clock.workday(max(1, clock.last - 9 + k * 3))
            day = day if day <= clock.last else clock.last - 1
            self.receipt += 1
            at = "%s 02:%02d:00" % (clock.days[day], 10 + k)
            self.out.row("receipt", self.receipt, self.trade.number("SK", None, day), None, clock.days[day],
                         "bank", fen(amount), "0.00", name, "62%016d" % (amount * 977), 1, "货款", "draft",
                         "待查明付款单位", self.clerk, None, None, at, at)


def lateness(rnd, pay):
    """Days after the due day at which the customer means to pay."""
    if pay == "good":
        return rnd.randrange(-4, 3) if rnd.random() < 0.93 else rnd.randrange(3, 25)
    if pay == "slow":
        if rnd.random() < 0.012:
            return 9999
        return rnd.randrange(0, 16) if rnd.random() < 0.9 else rnd.randrange(16, 75)
    x = rnd.random()
    return 9999 if x < 0.12 else rnd.randrange(10, 90) if x < 0.8 else rnd.randrange(90, 260)
