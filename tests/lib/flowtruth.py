"""Flows in an empty database, as the importer would have left them: files with rows, counts, months."""
import datetime

from sqltrade import Trade

PERIOD = 202603
FIRST = datetime.date(2026, 3, 1)


def march(day):
    return FIRST + datetime.timedelta(days=day - 1)


class Flow(Trade):
    """A trade whose distributors report."""

    def __init__(self, bed):
        super().__init__(bed)
        self.clerk = self.user('office', 'clerk', 'flow_clerk', org_unit_id=self.hq)
        self.finmgr2 = self.user('office', 'finmgr2', 'finance_manager', org_unit_id=self.hq)
        self.us = self.insert('party', code='OWN', name='我们公司')
        self.insert('party_role', party_id=self.us, role='company')
        for period in (202601, 202602, PERIOD, 202604):
            self.root.call('period_ensure', period)

    def distributor(self, name):
        made = self.customer(name)
        if not self.root.value("SELECT COUNT(*) FROM party_role WHERE party_id = %s AND role = 'distributor'", made):
            self.insert('party_role', party_id=made, role='distributor')
        return made

    def terminal(self, name):
        self.n += 1
        made = self.insert('party', code='T%04d' % self.n, name=name, region_code='4201')
        self.insert('party_role', party_id=made, role='hospital')
        return made

    def name(self, sender, what, target, label='名'):
        self.n += 1
        return self.insert('flow_name', sender_id=sender, what=what, name_key=self.n.to_bytes(16, 'big'),
                           name='%s%d' % (label, self.n), norm='%s%d' % (label, self.n), target_id=target,
                           state='matched' if target else 'queued', first_seen=FIRST, last_seen=FIRST)

    def file(self, sender, kind, rows, period=PERIOD, status='imported', past=False):
        """rows: dicts of flow_row or stock_report; the id of the file, whose months is due afterwards. past: the month may be
        locked, nothing is rolled up."""
        self.n += 1
        first = datetime.date(period // 100, period % 100, 1)
        last = (first + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)
        made = self.insert('flow_file', party_id=sender, kind=kind, origin='office', name='f%d.csv' % self.n, format='csv',
                           size=1, sha256=self.n.to_bytes(32, 'big'), book_period=period, date_from=first, date_to=last,
                           status='importing')
        for n, row in enumerate(rows, 2):
            base = dict(id=made * 10000000 + n, book_period=period, file_id=made, row_no=n, sender_id=sender,
                        product_name_id=self.name(sender, 'product', row['product_id'], '品'))
            if kind != 'stock':
                base.update(kind=kind, party_name_id=self.name(sender, 'party', row.get('party_id'), '户'), flow_level=1)
            self.insert('flow_row' if kind != 'stock' else 'stock_report', raw_qty=row['qty'], **{**base, **row})
        if past:
            self.root.query("UPDATE flow_file SET status = 'imported' WHERE id = %s", made)
            return made
        self.root.call('flow_file_show', made)
        if status != 'imported':
            self.root.query('UPDATE flow_file SET status = %s WHERE id = %s', status, made)
            self.root.call('flow_month_make', period, sender)
        return made

    def work(self, period=0):
        """Does what is due, as the event would."""
        while self.root.call('flow_work', period, 500)[0]['done']:
            pass

    def balance(self, sender, product, lot='B1', period=PERIOD):
        return self.root.row('SELECT * FROM flow_balance WHERE period = %s AND party_id = %s AND product_id = %s AND lot_no = %s',
                             period, sender, product, lot)

    def period(self, period=PERIOD):
        return self.root.row('SELECT * FROM period WHERE period = %s', period)

    def settle(self, period, status):
        """Brings a month and those before it into a state, without what hinders it."""
        self.root.query('SET @bulk_load = 1')
        for to in ('review', 'locked', 'closed'):
            self.root.query("UPDATE period SET status = %s, digest = SHA2('', 256) WHERE period <= %s AND status = %s",
                            to, period, {'review': 'open', 'locked': 'review', 'closed': 'locked'}[to])
            if to == status:
                break
        self.root.query('SET @bulk_load = NULL')
