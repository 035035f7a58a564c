"""The rows of an order, its approvals, and what is told about it."""

from .clock import DAY_S
from .out import fen, public_id, table

table("sales_order", "id pid party_id branch_id order_no origin status placed_at order_date rep_id org_unit_id"
      " warehouse_id po_no ship_address_id ship_name ship_contact ship_phone ship_address wanted_on"
      " expected_on pay note reply line_count amount approved_amount invoiced_amount paid_amount"
      " qty_ordered qty_approved qty_shipped qty_delivered qty_invoiced qty_issued round created_by submitted_by"
      " approved_at created_at updated_at")
table("sales_order_line", "id party_id order_id line_no product_id ordered_qty granted_qty approved_qty"
      " cancelled_qty reserved_qty shipped_qty delivered_qty refused_qty invoiced_qty red_qty issued_qty price"
      " list_price floor_price price_list_id vat_rate amount note reply")
table("approval", "id subject subject_id round party_id org_unit_id amount status made_by opened_at"
      " closed_at")
table("approval_step", "id approval_id level rule_id reason role_id made_by status opened_at"
      " decided_by decided_at comment")
table("credit_override", "id party_id order_id amount exposure available overdue reason granted_by"
      " expires_on made_by created_at")
table("notification", "id user_id kind args href created_at read_at")

N = "\\N"


class OrderRows:
    """Writes what Trade has decided; mixed into it."""

    def write_approval(self, order, end, t):
        """The approval of this round, closed."""
        clock, out = self.clock, self.out
        number = self.id("approval")
        amount = fen(order.amount)
        out.line("approval", f"{number}\torder\t{order.id}\t{order.round}\t{order.c.id}\t{order.c.unit}\t{amount}"
                 f"\t{end}\t{order.by}\t{clock.text(order.placed)}\t{clock.text(t)}")
        if end != "withdrawn":
            shown = public_id(order.id, 1) if order.origin == "portal" else order.id
            self.tell(order.by, "order." + end, order.no, "/orders/view?id=%d" % shown, t)
        opened = clock.text(order.placed)
        for step in order.plan[1]:
            level, rule, role, reason, who, at, result, comment = step[:8]
            self.ids["step"] += 1
            if end == "withdrawn":
                out.row("approval_step", self.ids["step"], number, level, rule, reason, role, order.by,
                        "dropped", opened, None, None, None)
                continue
            decided = clock.text(at)
            out.line("approval_step", f"{self.ids['step']}\t{number}\t{level}\t{rule}\t{reason}\t{role}\t{order.by}"
                     f"\t{result}\t{opened}\t{who}\t{decided}\t{comment or chr(92) + 'N'}")
            opened = decided
            if reason == "credit" and result == "approved":
                self.override(order, step, at)

    def tell(self, user, kind, no, href, t):
        """A notification; those of the last two days are not read yet."""
        clock = self.clock
        if t < clock.now - 9 * DAY_S or t > clock.now:
            return
        read = clock.text(t + 3600) if t < clock.now - 2 * DAY_S else None
        self.out.row("notification", self.id("notice"), user, kind, "no=" + no, href, clock.text(t), read)

    def override(self, order, step, at):
        exposure, available, late = step[8]
        self.out.row("credit_override", self.id("override"), order.c.id, order.id, fen(order.amount),
                     fen(exposure), fen(available), fen(late), step[7], step[4],
                     self.clock.days[at // DAY_S + 7], order.by, self.clock.text(at))

    def finish(self, order):
        """An order that is on its way through approval, or waits for goods, at the end."""
        if order.approved_at is not None:
            return self.write(order)
        clock, out, now = self.clock, self.out, self.clock.now
        if order.plan[0] == "withdrawn":
            order.plan = ("approved", order.plan[1])
        number = self.id("approval")
        out.row("approval", number, "order", order.id, order.round, order.c.id, order.c.unit, fen(order.amount),
                "open", order.by, clock.text(order.placed), None)
        plan = order.plan[1]
        if plan[-1][3] != "credit" and self.credit(now, order, order.amount):
            plan.append([*self.refs["CREDIT"], "credit", self.chief, now + 1, "approved", None, None])
        opened, done = clock.text(order.placed), True
        for step in plan:
            level, rule, role, reason, who, at = step[:6]
            if at <= now:
                out.row("approval_step", self.id("step"), number, level, rule, reason, role, order.by,
                        "approved", opened, who, clock.text(at), None)
                opened = clock.text(at)
                continue
            out.row("approval_step", self.id("step"), number, level, rule, reason, role, order.by,
                    "open" if done else "waiting", opened if done else None, None, None, None)
            done = False
        return self.write(order)

    def write(self, order):
        """The order and its lines in their last state."""
        self.papers.close_prepaid(order)
        clock, out, c, a = self.clock, self.out, order.c, order.address
        qty = ordered = shipped = delivered = invoiced = issued = refused = reserved = approved = 0
        line_no = 0
        for x in order.lines:
            line_no += 1
            ordered += x.qty
            effective = x.approved - x.cancelled
            approved += effective * x.price
            qty += effective
            shipped += x.shipped
            delivered += x.delivered
            refused += x.refused
            invoiced += x.invoiced - x.red
            issued += x.issued
            reserved += x.reserved
            granted = "\\N" if x.granted is None else x.granted
            out.line("sales_order_line", f"{x.id}\t{c.id}\t{order.id}\t{line_no}\t{x.p.id}\t{x.qty}\t{granted}"
                     f"\t{x.approved}\t{x.cancelled}\t{x.reserved}\t{x.shipped}\t{x.delivered}\t{x.refused}"
                     f"\t{x.invoiced}\t{x.red}\t{x.issued}\t{fen(x.price)}\t{fen(x.listed)}\t{fen(x.p.floor)}\t{x.list}"
                     f"\t{x.p.vat}\t{fen(x.qty * x.price)}\t{x.note or N}\t{x.reply or N}")
        if order.approved_at is not None:
            order.status = state_of(order, qty, shipped, delivered, refused, invoiced, reserved)
        last = order.approved_at or order.placed
        approved_at = N if order.approved_at is None else clock.text(order.approved_at)
        out.line("sales_order", f"{order.id}\t{public_id(order.id, 1)}\t{c.id}\t{order.branch or N}\t{order.no}"
                 f"\t{order.origin}\t{order.status}\t{clock.text(order.placed)}"
                 f"\t{clock.days[order.placed // DAY_S]}\t{c.rep}\t{c.unit}"
                 f"\t{c.warehouse}\t{order.po or N}\t{a[0]}\t{a[2]}\t{a[3]}\t{a[4]}\t{a[5]}"
                 f"\t{N if order.wanted is None else clock.days[order.wanted]}"
                 f"\t{N if order.expected is None else clock.days[order.expected]}\t{order.pay}\t{order.note or N}"
                 f"\t{order.reply or N}\t{line_no}\t{fen(order.amount)}\t{fen(approved)}\t{fen(order.invoiced)}"
                 f"\t{fen(order.paid)}\t{ordered}\t{qty}\t{shipped}\t{delivered}\t{invoiced}\t{issued}\t{order.round}"
                 f"\t{order.by}\t{order.by if order.round else N}\t{approved_at}"
                 f"\t{clock.text(order.t0)}\t{clock.text(last)}")


def state_of(order, qty, shipped, delivered, refused, invoiced, reserved):
    """Status of an approved order from its quantities, as order_refresh() derives it."""
    if qty == 0:
        return "cancelled"
    if shipped == 0:
        return "picking" if reserved else "approved"
    if shipped < qty:
        return "partly_shipped"
    if delivered + refused < shipped:
        return "shipped"
    if invoiced == shipped - refused and not order.open_papers and order.paid >= order.invoiced:
        return "closed"
    return "delivered"
