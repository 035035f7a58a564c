"""Reported flows as the importer leaves them: a file, its names and rows, and the months rolled up."""
import datetime
import hashlib

from road import Road
from today import TODAY
from xiaoao import unique


def month(back=0):
    """The first day of this month or of one before."""
    n = TODAY.year * 12 + TODAY.month - 1 - back
    return datetime.date(n // 12, n % 12 + 1, 1)


def period(back=0):
    day = month(back)
    return day.year * 100 + day.month


class FlowRows(Road):
    """A distributor with flows of its own; rows are written as a file that is imported."""

    def terminal(self, name=None, role='hospital', **values):
        made = self.insert('party', code=unique('T'), name=name or unique('医院'), **values)
        self.insert('party_role', party_id=made, role=role)
        return made

    def name(self, what, text, target, sender):
        key = hashlib.sha256(f'{what}/{text}'.encode()).digest()[:16]
        found = self.instance.value('SELECT id FROM flow_name WHERE sender_id = %s AND what = %s AND name_key = %s',
                                    sender, what, key)
        return found or self.insert(
            'flow_name', sender_id=sender, what=what, name_key=key, name=text, norm=text,
            state='matched' if target else 'queued', target_id=target, first_seen=month(1), last_seen=month())

    def report(self, rows, kind='sale', back=1, sender=None, status='imported'):
        """Rows of (party id or None, product id or None, lot, qty[, price]); the file's id."""
        sender, first = sender or self.customer, month(back)
        last = month(back - 1) - datetime.timedelta(days=1)
        self.instance.sql('INSERT IGNORE INTO period (period, starts_on, ends_on, collect_by, review_by, lock_by)'
                          ' VALUES (%s, %s, %s, %s, %s, %s)', period(back), first, last, last, last, last)
        file = self.insert('flow_file', party_id=sender, kind=kind, origin='portal', name=unique('流向') + '.csv',
                           format='csv', size=1, sha256=hashlib.sha256(unique('f').encode()).digest(),
                           book_period=period(back), date_from=first, date_to=last, status=status,
                           rows_total=len(rows), rows_done=len(rows))
        self.instance.sql('SET @bulk_load = 1')     # months before this one may be locked
        for n, (party, product, lot, qty, *price) in enumerate(rows, 1):
            self.row(file, n, kind, sender, back, party, product, lot, qty, price[0] if price else None, status)
        self.instance.sql('SET @bulk_load = NULL')
        return file

    def row(self, file, n, kind, sender, back, party, product, lot, qty, price, status):
        pure = self.instance.value("SELECT COUNT(*) FROM party_role WHERE party_id = %s AND role IN"
                                   " ('hospital', 'pharmacy', 'chain', 'clinic')", party or 0) > 0
        known = self.instance.value('SELECT name FROM party WHERE id = %s', party) if party else unique('不明客户')
        goods = self.instance.value('SELECT generic_name FROM product WHERE id = %s', product) if product \
            else unique('不明产品')
        amount = price * qty if price else None
        self.insert('flow_row', id=file * 10000000 + n, book_period=period(back), file_id=file, row_no=n, kind=kind,
                    sender_id=sender, biz_date=month(back) + datetime.timedelta(days=n % 27),
                    party_name_id=self.name('party', f'{known}（报）', party, sender),
                    product_name_id=self.name('product', f'{goods}（报）', product, sender), party_id=party,
                    product_id=product, lot_no=lot, raw_qty=qty, qty=qty, price=price, amount=amount,
                    doc_no=f'D{file}-{n}', flow_level=1, is_pure_sale=pure)
        if status == 'imported':
            self.instance.sql(
                'INSERT INTO flow_month (book_period, kind, sender_id, product_id, party_id, flow_level, is_pure_sale,'
                ' flow_class, qty, amount, row_count) VALUES (%s, %s, %s, %s, %s, 1, %s, 1, %s, %s, 1)'
                ' ON DUPLICATE KEY UPDATE qty = qty + VALUES(qty), amount = amount + VALUES(amount),'
                ' row_count = row_count + 1',
                period(back), kind, sender, product or 0, party or 0, pure, qty, amount or 0)

    def bulk(self, table, **values):
        """A row of a month that may be locked."""
        self.instance.sql('SET @bulk_load = 1')
        made = self.insert(table, **values)
        self.instance.sql('SET @bulk_load = NULL')
        return made

    def hold(self, product, lot, qty, party=None, expires=400, counted=0):
        """Stock on hand as last reported."""
        self.insert('channel_stock', party_id=party or self.customer, product_id=product, lot_no=lot, qty=qty,
                    expires_on=TODAY + datetime.timedelta(days=expires),
                    stock_date=TODAY - datetime.timedelta(days=counted), source='feed')
