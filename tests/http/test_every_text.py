"""Every text that somebody can write, in every place that shows it: markup is text, and no cell of a table a formula.

Which columns there are is what the database says; one that is neither filled here nor in the list below fails.
"""
import csv
import io
import random
import re

import pymysql
import pytest
from lxml import html as lxml_html

from market import day
from routes import OPEN, routes
from sqlkinds import Kinds
from test_foreign import RECORDS, kind_of, word
from theirs import Theirs

# Texts that are not filled here, and why: most of them programs, migrations and the law put there.
MACHINES = {
    'names of things in the code': 'permission.* workflow_state.* workflow_transition.* param.* code_dict.* schema_migration.* schema_object.*'
                                   ' number_series.* region.* calendar_day.* licence_kind.* account.* outbox.*',
    'what was done, and by whom; of reports what is kept by the thousand as flow_row is': 'audit_log.* audit_head.* idempotency.* session.* trusted_device.* flow_head.* flow_peak.* period_piece.*'
                                  ' stock_report.* flow_template.* period.* period_run.* recall_event.* stock_movement.* voucher_line.* order_month.*',
    'choices, and what is worked out of another text': 'approval_step.reason notice_kind.* notice_off.* party_licence_scope.* name_alias.* org_unit.path notification.kind'
                                                       ' notification.href saved_view.page saved_view.query flow_reject.issues flow_reject.cells',
    'hashes and secrets': 'app_user.password_hash app_user.totp_secret app_user.totp_pending recovery_code.* password_reset.*',
}
MACHINES = {c for group in MACHINES.values() for c in group.split()}
HOSTILE = re.compile(r'="\'><xssq i=(\d+)>')


class Hostile(Kinds):
    """Its texts say which column they are in."""
    numbers = {}
    first = random.randrange(1000, 9000) * 1000

    def text_of(self, table, column):
        return '="\'><xssq i=%d>' % self.numbers.setdefault((table, column), self.first + len(self.numbers))


@pytest.fixture(scope='module')
def theirs(instance):
    made = Theirs(instance, Hostile, '="\'><xssq i=0000000>')
    k = made.kinds
    instance.sql('SET @bulk_load = 1, check_constraint_checks = 0')
    written(k, instance, made.customer)
    house = k.filled('warehouse', kind='quarantine')
    for table, values in (('customer_group', {'code': word()}), ('product_group', {'parent_id': None, 'code': word()}), ('login_event', {'user_id': made.rep.user['id'], 'site': 'office'}),
                          ('stock_receipt', {'warehouse_id': house, 'received_on': day(0)}),
                          ('stock_adjustment', {'warehouse_id': house, 'lot_id': k.inner('lot'), 'qty': 1, 'status': 'rejected', 'made_by': made.rep.user['id']})):
        k.filled(table, **values)
    for table, key in (('org_unit', made.unit), ('approval_step', made.office_ids['step']), ('app_user', made.rep.user['id'])):
        written(k, instance, key, table)
    instance.sql('SET @bulk_load = NULL, check_constraint_checks = 1')
    yield made
    k.remove()


def written(k, instance, key, only=None):
    """Every text of what is the customer's, or of one row."""
    for table, columns in k.columns.of.items():
        where = 'id' if only or table == 'party' else 'party_id'
        if where in {c['name'] for c in columns} and only in (None, table):
            for c in columns:
                if is_text(table, c):
                    text = k.text_of(table, c['name'])[:c['longest']]
                    for limit in ('', ' LIMIT 1'):      # what may be there once
                        try:
                            instance.sql(f"UPDATE {table} SET `{c['name']}` = %s WHERE {where} = %s{limit}", text, key)
                            break
                        except pymysql.MySQLError as error:
                            assert limit == '' or error.args[0] in (1062, 1644), (table, c['name'], error)     # append-only


def is_text(table, c):
    return c['kind'] in ('varchar', 'text') and not c['refers'] and c['longest'] >= 20 and c['name'] != 'code' \
        and not {f'{table}.*', f"{table}.{c['name']}"} & MACHINES


def pages(instance, theirs):
    """(client, address) of all pages, those of a record with what the customer has of its kind."""
    everything = instance.office(*(r['code'] for r in instance.sql("SELECT code FROM role WHERE site = 'office' AND party_id IS NULL")))
    instance.sql("INSERT IGNORE INTO user_role (user_id, role_id) SELECT %s, id FROM role WHERE site = 'portal' AND party_id IS NULL", theirs.buyer.user['id'])
    for site, method, path, permission, fields in routes(instance):
        if method != 'GET' or permission in OPEN or path.endswith(('/views', '/file', '/photo', '/picture', '/show', '/xml')):
            continue
        ids = theirs.office_ids if site == 'office' else theirs.portal_ids
        named = {f: ids.get(kind_of(site, path, f, t)) for f, t in fields.items() if f in RECORDS[site]}
        yield everything if site == 'office' else theirs.buyer, path, {f: v for f, v in named.items() if v is not None}


def test_markup_in_any_text_is_text_on_every_page_and_no_cell_a_formula(instance, theirs):
    seen, broken, tried = set(), [], 0
    for client, path, ids in pages(instance, theirs):
        r = client.raw('GET', path, params=ids, headers={'Accept': 'text/html'})
        assert r.status_code < 500, (path, ids, r.status_code)
        if r.status_code != 200 or 'text/html' not in r.headers['Content-Type']:
            continue
        tried += 1
        tree = lxml_html.fromstring(r.content)
        if tree.xpath('//xssq') or '<xssq' in r.text:
            broken.append((client.site, path, 'html'))
        seen |= {int(n) for text in tree.xpath('//text() | //@*') for n in HOSTILE.findall(str(text))}
        if 'format=csv' in r.text:
            table = client.raw('GET', path, params={**ids, 'format': 'csv'})
            for row in csv.reader(io.StringIO(table.content.decode('utf-8-sig'))):
                for cell in row:
                    seen |= {int(n) for n in HOSTILE.findall(cell)}
                    if cell.startswith(('=', '+', '@', '\t')):
                        broken.append((client.site, path, 'csv', cell))
    assert broken == [] and tried > 200
    missing = [f"{t}.{c['name']}" for t, columns in theirs.kinds.columns.of.items() for c in columns
               if is_text(t, c) and (t, c['name']) not in theirs.kinds.numbers]
    assert not missing, f'who writes these, and where are they filled here? {missing}'
    shown = {f'{t}.{c}' for (t, c), n in theirs.kinds.numbers.items() if n in seen}
    assert len(shown) > 100, sorted(shown)


def test_what_is_not_escaped_would_show():
    """Negative control of what is looked for above."""
    text = '="\'><xssq i=7>'
    for page in (f'<p>{text}</p>', f'<a title="{text}">x</a>', f"<a title='{text}'>x</a>"):
        assert lxml_html.fromstring(page).xpath('//xssq'), page
    assert not lxml_html.fromstring('<p title="=&quot;\'&gt;&lt;xssq i=7&gt;">=&quot;\'&gt;&lt;xssq i=7&gt;</p>').xpath('//xssq')
