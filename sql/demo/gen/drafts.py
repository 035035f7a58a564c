"""Files that are not rows yet: those of this month that wait for somebody in the demo, and samples for tests
and for whoever tries the upload (sql/demo/generate --samples FOLDER)."""

import hashlib
import json
import os

from . import sheets
from .clock import DAY_S
from .out import public_id, table

table("flow_head", "file_id row_no cells")
table("flow_reject", "file_id row_no severity issues cells")
table("flow_issue", "file_id severity code row_count first_row")

SAMPLES = ("D0001", "D0008", "D0003")       # an XLSX, a GB18030 and an UTF-8 sender
WAITING = {"D0005": "mapping", "D0007": "checked", "D0011": "failed", "D0012": "discarded"}
HEADS = 30
BAD = (("qty", "abc", "flow.v05"), ("biz_date", "2026-13-45", "flow.v03"), ("qty", "0", "flow.v05"),
       ("product_name", "", "flow.v02"))
STRANGE = {"biz_date": "时间列", "counterparty_name": "去向", "product_name": "货", "qty": "件数合", "unit": "量词"}
LETTERS = {"purchase": "PM", "sale": "SM", "stock": "IM"}


class Drafts:
    def __init__(self, flows):
        self.flows, self.out, self.clock, self.args = flows, flows.out, flows.clock, flows.args
        self.report = flows.report
        self.folder = flows.args.samples
        self.small = flows.args.flows <= 300000

    def wants(self, s):
        """Whether the month that runs is played for a sender though he has told nothing of it yet."""
        return (self.folder is not None and s.code in SAMPLES) or (self.small and s.code in WAITING)

    def absent(self, s, m, end, bought, sales, held):
        """Samples of a month that a distributor has not sent: they may be uploaded for him."""
        if self.folder is not None and s.level == 1:
            for kind, records in self.records(s, m, end, bought, sales, held).items():
                self.sample(s, m, kind, end, records)

    def month(self, s, m, end, bought, sales, held):
        """The files as they would be sent today."""
        found = self.records(s, m, end, bought, sales, held)
        if self.folder is not None and s.code in SAMPLES:
            for kind, records in found.items():
                self.sample(s, m, kind, end, records)
        if s.code in WAITING and self.small:
            self.waiting(s, m, end, found["sale"], WAITING[s.code])

    def records(self, s, m, end, bought, sales, held):
        """Rows of each kind of file as the sender writes them."""
        names, report, found = self.report.names, self.report, {"purchase": [], "sale": [], "stock": []}
        for i, x in enumerate(bought):
            supplier = x.supplier or report.ours
            found["purchase"].append(report.cells(
                s, x.told, "purchase", names.supplier(supplier), names.product(x.product, x.qty), report.lots[x.lot][1],
                x.qty, x.price, "RK%s%03d" % (self.clock.compact[x.told][2:], 1 + i % 7)))
        for n, r in enumerate(sales):
            found["sale"].append(report.cells(
                s, r[0], "sale", names.party(r[1], m, n), names.product(r[2], r[5], True), r[4], r[5], r[6],
                "XS%s%03d" % (self.clock.compact[r[0]][2:], r[7])))
        for product, queue in sorted(held.items()):
            for lot, qty in queue:
                if qty:
                    found["stock"].append(report.stock_cells(end, lot, names.product(product, 0), qty))
        return found

    def spoil(self, records, required):
        """Some rows that cannot be read: {index: issue}."""
        bad = {}
        for k, (field, value, code) in enumerate(BAD):
            i = 5 + 9 * k
            if i < len(records) and field in required:
                records[i] = dict(records[i], **{field: value})
                bad[i] = "%s:%s" % (code, field)
        return bad

    # -- samples -----------------------------------------------------------------------

    def sample(self, s, m, kind, end, records):
        style, clock = s.style, self.clock
        good = sum(float(r["qty"]) for r in records)
        bad = self.spoil(records, style.fields[kind])
        for i in bad:
            good -= float(records[i]["qty"]) if sheets.is_number(records[i]["qty"]) else 0
        first = style.titles + 2
        name = "%s_%s_%s_%s.%s" % (LETTERS[kind], s.code, s.name, clock.compact[end], style.format)
        os.makedirs(self.folder, exist_ok=True)
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(sheets.content(style, kind, s.name, clock.dates[m.first], clock.dates[end], records))
        kept = [float(r["qty"]) for i, r in enumerate(records) if i not in bad]
        expected = {
            "sender": s.code, "sender_id": s.id, "kind": kind, "period": m.period, "date_from": clock.days[m.first],
            "date_to": clock.days[end], "format": style.format, "encoding": style.encoding, "header_row": style.titles + 1,
            "mapping": json.loads(style.mapping[kind]), "rows_total": len(records),
            "rows_bad": [{"row": first + i, "issue": issue} for i, issue in sorted(bad.items())],
            "total_row": bool(style.total), "qty_as_received": sheets.trim(sum(kept)),
        }
        with open(os.path.join(self.folder, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(expected, file, ensure_ascii=False, indent=1)
            file.write("\n")

    # -- files of the demo that wait ------------------------------------------------------

    def waiting(self, s, m, end, records, status):
        """A file of sales of the month that runs, in a state in which somebody has to look."""
        report, style, clock = self.report, s.style, self.clock
        number = (m.n * report.senders + s.index) * 16 + 16
        bad = self.spoil(records, style.fields["sale"]) if status == "checked" else {}
        lines = sheets.table_of(style, "sale", s.name, clock.dates[m.first], clock.dates[end], records)
        head = style.titles + 1
        if status == "mapping":
            lines[head - 1] = [STRANGE.get(f, h) for f, h in zip(style.fields["sale"], lines[head - 1])]
        content = sheets.write(lines, style)
        if status == "failed":
            content = content[:len(content) * 2 // 3] if style.format == "xlsx" else content[:900] + b"\x00\xff\xfe\x00" * 40
        at = clock.text(min(clock.now - 900, end * DAY_S + 30000 + s.index * 61))
        cells = [json.dumps([style.day(c[0]) if isinstance(c, tuple) else c for c in line], ensure_ascii=False)
                 for line in lines]
        warned = [i for i in range(2, len(records), 17) if i not in bad] if status == "checked" else []
        if status != "failed":
            for n in range(min(HEADS, len(cells))):
                self.out.row("flow_head", number, n + 1, cells[n])
        found = {}
        for i in sorted(list(bad) + warned):
            issue, severity = (bad[i], "error") if i in bad else ("flow.v09:batch_no", "warning")
            self.out.row("flow_reject", number, head + 1 + i, severity, issue, cells[head + i])
            found.setdefault((severity, issue.split(":")[0]), []).append(head + 1 + i)
        for (severity, code), rows in found.items():
            self.out.row("flow_issue", number, severity, code, len(rows), rows[0])
        known = status in ("checked", "discarded")
        self.out.row(
            "flow_file", number, public_id(number, 4), s.id, "sale", s.method,
            "SM_%s_%s_%s.%s" % (s.code, s.name, clock.compact[end], style.format), style.format, len(content),
            hashlib.sha256(content).hexdigest(), m.period, clock.days[m.first], clock.days[end],
            head if status != "failed" else None, style.mapping["sale"] if known else None, status, "strict",
            "flow.unreadable" if status == "failed" else None, len(records) if known else 0, len(bad), len(warned), 0, 0, 0,
            "0", "0", None, s.user, None, None, at, at)
        self.out.row("flow_blob", number, 0, content.hex())
