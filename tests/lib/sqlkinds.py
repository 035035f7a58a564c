"""A record of every kind that a company can have, with one text in every column that holds texts.

    kinds = Kinds(root, party, user, text)        # beside orders, shipments and what else a test made by itself
    kinds.ids['uploads']                          # what the portal calls the file
    kinds.made                                    # (table, column, value) of each row
"""
import datetime
import hashlib
import json
import os

import pymysql

from market import TODAY, day
from sqlbed import Refused


class Columns:
    """What a row of each table takes, as the database tells: read once."""

    def __init__(self, query):
        refers = {(r['t'], r['c']) for r in query(
            'SELECT table_name AS t, column_name AS c FROM information_schema.key_column_usage WHERE table_schema = DATABASE()'
            ' AND referenced_table_name IS NOT NULL')}
        self.of = {}
        for c in query(
                'SELECT c.table_name AS t, c.column_name AS name, c.data_type AS kind, c.column_type AS type, c.character_maximum_length AS longest,'
                " c.is_nullable = 'YES' AS empty, c.column_default IS NOT NULL AS has, c.extra LIKE '%auto_increment%' AS numbered,"
                " c.is_generated <> 'NEVER' AS computed FROM information_schema.columns c JOIN information_schema.tables b"
                " ON b.table_schema = c.table_schema AND b.table_name = c.table_name AND b.table_type = 'BASE TABLE'"
                ' WHERE c.table_schema = DATABASE() ORDER BY c.table_name, c.ordinal_position'):
            if not c['computed']:
                self.of.setdefault(c['t'], []).append({**c, 'refers': (c['t'], c['name']) in refers})


class Kinds:
    def __init__(self, root, party, user, text, columns=None):
        """root: what has query(statement, *values) and value() as the administrator."""
        self.root, self.text = root, text
        self.columns = columns or Columns(root.query)
        self.made, self.ids = [], {}
        self.staff = root.value("SELECT MIN(id) FROM app_user WHERE site = 'office'")
        root.query('SET @bulk_load = 1, check_constraint_checks = 0')
        try:
            self.month = TODAY.year * 100 + TODAY.month
            first = TODAY.replace(day=1)
            last = (first + datetime.timedelta(days=40)).replace(day=1) - datetime.timedelta(days=1)
            root.query('INSERT IGNORE INTO period (period, starts_on, ends_on, collect_by, review_by, lock_by) VALUES (%s, %s, %s, %s, %s, %s)',
                       self.month, first, *[last] * 4)
            self.flows(party, user)
            self.months(party)
            self.of_people(party, user)
        finally:
            root.query('SET @bulk_load = NULL, check_constraint_checks = 1')

    def filled(self, table, **values):
        """A row with these values, the text where a text fits, and something in whatever must have a value; its id."""
        taken = dict(values)
        for c in self.columns.of[table]:
            if c['name'] in taken or c['refers'] or c['numbered']:
                continue
            if c['kind'] in ('varchar', 'text') and c['longest'] >= len(self.text) and c['name'] != 'code':
                taken[c['name']] = self.text_of(table, c['name'])
            elif not c['empty'] and (not c['has'] or c['kind'] in ('varchar', 'char')):
                taken[c['name']] = self.something(c)
        self.root.query('INSERT INTO %s (%s) VALUES (%s)' % (table, ', '.join('`%s`' % c for c in taken), ', '.join(['%s'] * len(taken))), *taken.values())
        key = next(iter(values.items()))
        if any(c['numbered'] for c in self.columns.of[table]):
            key = ('id', self.root.value('SELECT LAST_INSERT_ID()'))
        self.made.append((table, *key))
        return key[1]

    @staticmethod
    def something(c):
        if c['kind'] in ('enum', 'set'):
            return c['type'].split("'")[1]
        if c['kind'] in ('date', 'datetime'):
            return TODAY
        if c['kind'] in ('varchar', 'char'):
            return os.urandom(16).hex()[:c['longest']]
        return os.urandom(c['longest']) if 'binary' in c['kind'] or 'blob' in c['kind'] else 1

    def text_of(self, table, column):
        return self.text

    def inner(self, table):
        """The id of the first row made there."""
        return next(value for t, _, value in self.made if t == table)

    def called(self, table, made):
        """Its random id."""
        return self.root.value('SELECT pid FROM %s WHERE id = %%s' % table, made)

    def flows(self, party, user):
        # a product of its own, which nobody else may see
        product = self.filled('product', code='Q%d' % party, visible=0, case_qty=1)
        self.filled('product_visibility', product_id=product, scope='customer', party_id=party, effect='allow', product_group_id=None, group_id=None,
                    province=None, valid_from=None, valid_to=None)
        lot = self.filled('lot', product_id=product, produced_on=day(-100), expires_on=day(300), status='released')
        terminal = self.filled('party', code='T%d' % party)
        self.filled('party_role', party_id=terminal, role='hospital')
        file = self.filled('flow_file', party_id=party, kind='sale', origin='portal', format='csv', status='checked', size=0, sha256=os.urandom(32),
                           book_period=self.month, date_from=TODAY, date_to=TODAY, created_by=user, rows_total=1, rows_bad=1)
        self.filled('flow_blob', file_id=file, seq=0, content=self.text.encode())
        self.filled('flow_reject', file_id=file, row_no=1, severity='error', issues='V1:qty', cells=json.dumps([self.text], ensure_ascii=False))
        seen = self.filled('flow_file', party_id=party, kind='sale', origin='portal', format='csv', status='imported', size=1, sha256=os.urandom(32),
                           book_period=self.month, date_from=TODAY, date_to=TODAY, created_by=user, rows_total=1)
        names = [self.filled('flow_name', sender_id=party, what=what, name_key=hashlib.sha256(os.urandom(8)).digest()[:16], state='matched', target_id=target,
                             factor=1, code='', unit='盒', maker='') for what, target in (('party', terminal), ('product', product))]
        row = self.filled('flow_row', id=seen * 10000000 + 1, book_period=self.month, file_id=seen, row_no=1, kind='sale', sender_id=party, biz_date=TODAY,
                          party_name_id=names[0], product_name_id=names[1], party_id=terminal, product_id=product, lot_id=lot, qty=1, raw_qty=1)
        self.filled('flow_month', sender_id=party, book_period=self.month, kind='sale', product_id=product, party_id=terminal, flow_level=1, is_pure_sale=1,
                    flow_class=1, qty=1, amount=1, row_count=1)
        correction = self.filled('flow_correction', party_id=party, kind='supplement', origin='portal', period=self.month, status='draft', made_by=user,
                                 decided_by=None)
        line = self.filled('flow_correction_line', correction_id=correction, party_id=party, what='sale', biz_date=TODAY, counterparty_id=terminal,
                           product_id=product, qty=1, row_id=None, row_period=None)
        case = self.filled('flow_case', period=self.month, party_id=party, product_id=product, terminal_id=terminal, signals='territory', status='notified',
                           notified_at=TODAY, notified_by=self.staff, decided_by=None)
        self.filled('flow_case_row', case_id=case, row_id=row, book_period=self.month, signals='territory')
        recall = self.filled('recall', lot_id=lot, product_id=product, status='notified', opened_by=self.staff, **{'class': 'I'})
        holder = self.filled('recall_party', recall_id=recall, party_id=party, name_id=None, tier='distributor', status='notified', notified_at=TODAY)
        self.ids.update(uploads=self.called('flow_file', file), row=row, corrections=self.called('flow_correction', correction), line=line,
                        flowcases=self.called('flow_case', case), recalls=self.called('recall_party', holder), goods=product,
                        goods_code='Q%d' % party, terminal='T%d' % party,
                        lot=self.root.value('SELECT lot_no FROM lot WHERE id = %s', lot))

    def months(self, party):
        policy = self.filled('rebate_policy', code='RP%d' % party, base='purchase_qty')
        run = self.filled('rebate_run', policy_id=policy, period_from=self.month, period_to=self.month, status='approved', made_by=self.staff,
                          decided_by=self.staff, decided_at=TODAY)
        rebate = self.filled('rebate_line', run_id=run, party_id=party, amount=5, paid=0)
        head = self.filled('reconciliation', party_id=party, period=self.month, status='issued', content_hash='0' * 64, issued_at=TODAY)
        self.filled('reconciliation_line', party_id=party, reconciliation_id=head, line_no=1, section='account', entry='invoice')
        letter = self.filled('confirmation_letter', party_id=party, kind='positive', status='sent', content_hash='0' * 64, sent_at=TODAY, replied_at=None,
                             as_of=day(-party % 300))
        quote = self.filled('quotation', party_id=party, status='sent', valid_until=day(9), sent_at=TODAY, answered_at=None, created_by=self.staff)
        self.filled('quotation_line', party_id=party, quote_id=quote, product_id=self.ids['goods'], qty=1, price=5, list_price=5)
        self.ids.update(quotations=self.called('quotation', quote), rebates=self.called('rebate_line', rebate), reconciliations=self.called('reconciliation', head),
                        letters=self.called('confirmation_letter', letter))

    def of_people(self, party, user):
        role = self.filled('role', site='portal', party_id=party)
        self.ids.update(role=role, roles='[%d]' % role,
                        keys=self.filled('api_key', party_id=party, user_id=user, expires_at=day(9), key_hash=os.urandom(32), revoked_at=None),
                        messages=self.filled('notification', user_id=user, kind='order.approved', href='/orders/?' + self.text, read_at=None),
                        view=self.filled('saved_view', user_id=user, page='portal.orders', query='q=' + self.text))

    def of_staff(self, party, rep, terminal):
        """What only the office sees of a customer."""
        self.root.query('SET @bulk_load = 1, check_constraint_checks = 0')
        name = self.filled('flow_name', sender_id=party, what='party', name_key=os.urandom(16), state='queued', target_id=None, factor=1)
        for table, values in (
                ('collection_task', {'party_id': party, 'owner_id': rep, 'due_on': TODAY, 'amount': 5, 'status': 'open'}),
                ('party_licence', {'party_id': party, 'kind': self.root.value('SELECT MIN(kind) FROM licence_kind'), 'status': 'waiting'}),
                ('flow_source', {'party_id': party, 'collector_id': None}),
                ('flow_candidate', {'name_id': name, 'target_id': terminal, 'score': '0.5'}),
                ('flow_balance', {'period': self.month, 'party_id': party, 'product_id': self.ids['goods'], 'opening': 5, 'reported': 3, 'state': 'open'}),
                ('flow_sample', {'name_id': self.inner('flow_name'), 'target_id': terminal, 'method': 'name', 'drawn_on': TODAY}),
                ('territory', {'party_id': party, 'valid_from': TODAY, 'valid_to': None, 'region_code': None}),
                ('terminal_assignment', {'party_id': terminal, 'user_id': rep, 'share': 1, 'valid_from': TODAY, 'valid_to': None}),
                ('reconciliation_dispute', {'party_id': party, 'reconciliation_id': self.inner('reconciliation'),
                                            'line_id': self.inner('reconciliation_line'), 'reason': 'other', 'status': 'open'}),
                ('unit_conversion', {'party_id': party, 'product_id': self.ids['goods'], 'factor': 2}),
                ('bid_price', {'product_id': self.ids['goods'], 'terminal_id': terminal, 'region_code': None, 'price': 5, 'valid_from': TODAY}),
                ('price_change', {'product_id': self.ids['goods'], 'changed_on': TODAY, 'old_price': 5, 'new_price': 4})):
            self.filled(table, **values)
        self.root.query('SET @bulk_load = NULL, check_constraint_checks = 1')
        return name

    def remove(self):
        """What other tests of this server would stumble over; what is there for ever stays."""
        self.root.query('SET foreign_key_checks = 0, @bulk_load = 1')
        for table, key, value in reversed(self.made):
            try:
                self.root.query('DELETE FROM %s WHERE %s = %%s' % (table, key), value)
            except (Refused, pymysql.MySQLError) as kept:
                assert 'append-only' in str(kept), (table, kept)
        self.root.query('SET foreign_key_checks = 1, @bulk_load = NULL')
