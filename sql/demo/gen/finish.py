"""What lies around a trade: calendar, drafts, saved lists, collection tasks, stock of chains, numbers."""

import random
from datetime import date, timedelta

from .clock import DAY_S
from .out import fen, rows, table

table("calendar_day", "day working name")
table("code_dict", "list code name seq")
table("saved_list", "id party_id name user_id created_at updated_at")
table("saved_list_line", "party_id list_id product_id line_no qty")
table("collection_task", "id party_id owner_id due_on amount promised_on promised_amount status note"
      " created_by created_at updated_at")
table("channel_stock", "party_id product_id lot_no expires_on qty stock_date source")
table("login_event", "id at site user_id login event ip agent")
table("number_series", "kind scope day last")

WAYS = ("电话催收，财务答复已排款", "已发送对账单，等待对方确认", "约定下周上门对账", "客户资金紧张，承诺分期付款")


def finish(out, args, clock, world, trade, stock):
    rnd = random.Random("%d/finish" % args.seed)
    calendar(out)
    for i, (code, name) in enumerate((("chuda", "楚达物流"), ("hengyun", "恒运冷链"), ("jieying", "捷盈供应链"))):
        out.row("code_dict", "carrier", code, name, 11 + i)
    drafts(trade, rnd)
    saved_lists(out, world, trade, rnd)
    collection(out, clock, world, trade, rnd)
    chain_stock(out, clock, trade, stock, rnd)
    sign_ins(out, clock, world, rnd)
    stock.left_over()
    stock.adjustments()
    stock.close()
    for (kind, scope, day), last in sorted(trade.numbers.items()):
        if day >= clock.last - 3:
            out.row("number_series", kind, scope, clock.days[day], last)


def calendar(out):
    for r in rows("calendar"):
        day = date.fromisoformat(r["from"])
        while day <= date.fromisoformat(r["to"]):
            out.row("calendar_day", day, r["working"], r["name"])
            day += timedelta(days=1)


def drafts(trade, rnd):
    """Orders begun in the last days and not yet sent."""
    clock, customers = trade.clock, trade.world.customers
    count = min(60, max(6, trade.args.orders // 120))
    for k in range(count):
        c = customers[k % 3] if k < 4 else rnd.choice(customers)
        t = clock.now - rnd.randrange(2 * 3600, 9 * DAY_S)
        day = clock.workday(t // DAY_S - 1)
        t = min(clock.now - 900, day * DAY_S + 3000 + rnd.randrange(28000))
        order = trade.compose(t, c)
        order.status, order.round = "draft", 0
        trade.write(order)


def saved_lists(out, world, trade, rnd):
    number = 0
    for c in world.customers[:400]:
        for name, size in (("每月常规补货", 12), ("急用品种", 5), ("冷链品种", 4))[:3 if c.weight > 4 else 1]:
            number += 1
            products = [p for p in c.basket[0] if p.cold or "冷链" not in name][:size]
            if not products:
                number -= 1
                continue
            at = clock_text(trade, rnd)
            out.row("saved_list", number, c.id, name, None, at, at)
            for i, p in enumerate(products):
                out.row("saved_list_line", c.id, number, p.id, i + 1, p.inner * rnd.randrange(2, 20))


def clock_text(trade, rnd):
    clock = trade.clock
    return clock.text(max(0, clock.last - rnd.randrange(5, 400)) * DAY_S + 9000)


def collection(out, clock, world, trade, rnd):
    """One task for each customer that is late; some have promised, some are done."""
    by_id = {c.id: c for c in world.customers}
    chief = world.staff["finance_manager"][0]
    number = 0
    for party, (owed, oldest) in sorted(trade.papers.collect.items())[:2000]:
        if oldest >= clock.last:
            continue
        c, number = by_id[party], number + 1
        status = rnd.choice(("open", "open", "promised"))
        promised = clock.workday(clock.last + rnd.randrange(2, 15)) if status == "promised" else None
        at = clock.text(clock.workday(max(0, clock.last - rnd.randrange(2, 9))) * DAY_S + 8000) \
            if clock.last > 9 else clock.text(8000)
        at = min(at, clock.text(clock.now - 60))
        due = clock.workday(clock.last + rnd.randrange(-3, 10))
        out.row("collection_task", number, party, c.rep, clock.days[due], fen(owed),
                clock.days[promised] if promised else None, fen(owed * 6 // 10) if promised else None,
                status, rnd.choice(WAYS), chief, at, at)
    for k in range(min(12, len(world.customers))):
        c, number = world.customers[(k * 3 + 1) % len(world.customers)], number + 1
        day = clock.workday(max(0, clock.last - 20 - 7 * k))
        at = clock.text(max(0, day - 6) * DAY_S + 8000)
        out.row("collection_task", number, c.id, c.rep, clock.days[day], fen(rnd.randrange(20, 300) * 100000),
                None, None, "done", "款项已到账", chief, at, at)


def sign_ins(out, clock, world, rnd):
    """Who came in during the last days, and who mistyped."""
    events = []
    for site, login, _, _, _ in world.logins:
        for back in range(1, 6):
            day = clock.last - back
            if day < 0 or not clock.works[day] or rnd.random() < 0.3:
                continue
            t = day * DAY_S + 2400 + rnd.randrange(5000)
            if rnd.random() < 0.08:
                events.append((t - 40, site, login, "failed"))
            events.append((t, site, login, "ok"))
            if rnd.random() < 0.4:
                events.append((t + 26000 + rnd.randrange(4000), site, login, "logout"))
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    for i, (t, site, login, event) in enumerate(sorted(e for e in events if e[0] <= clock.now)):
        out.row("login_event", i + 1, clock.text(t), site, world.user_ids[site, login], login, event,
                "192.0.2.%d" % (world.user_ids[site, login] % 200 + 10), agent)


def chain_stock(out, clock, trade, stock, rnd):
    """The latest count of each branch: a part of what was delivered in the last months."""
    counted = clock.days[max(0, clock.last - 1)]
    for (party, product, lot), (qty, signed) in sorted(trade.papers.held.items()):
        age = (clock.now - signed) // DAY_S
        left = int(qty * max(0.0, 1.0 - age / 75.0) * rnd.uniform(0.6, 1.0)) if age > 2 else qty
        if left <= 0:
            continue
        _, lot_no, _, expires, _, _ = stock.lots[lot]
        out.row("channel_stock", party, product, lot_no, expires, left, counted, "count" if age > 2 else "delivery")
