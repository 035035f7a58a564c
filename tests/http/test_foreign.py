"""Every route that takes a record's id, asked for a record that is not the reader's: at the portal another company's, in the
office one outside his row scope.  He is answered as if there were none, in every format, and by a post that changes nothing.

Which field names a record of which kind is written below; a route with a field that is not there fails.
"""
import io
import random
import re
import string
import zipfile

import pytest

from market import day
from routes import OPEN, described, routes
from theirs import Theirs
from xiaoao import NS, unique

FORMATS = ('html', 'xml', 'csv', 'xlsx')
NOBODYS = 9007199254740990
ROLES = ('company_admin', 'buyer', 'accountant', 'receiver', 'reporter', 'chain_viewer')

# (site, field or program/field or path/field): kind of record; the longest that fits counts.
RECORDS = {
    'portal': {
        'id': {'catalogue': 'goods', 'company/address': 'address', 'company/branch': 'branch', 'company/user': 'user', 'company/link': 'user',
               'company/role': 'role', 'corrections': 'corrections', 'entry': 'order', 'flowcases': 'flowcases', 'inventory': 'goods',
               'invoices': 'invoice', 'keys': 'keys', 'letters': 'letters', 'lists': 'list', 'messages': 'messages', 'orders': 'order',
               'quotations': 'quotations', 'rebates': 'rebates', 'recalls': 'recalls', 'reconciliations': 'reconciliations', 'returns/new': 'arrived',
               'returns/ask': 'arrived', 'returns': 'return', 'shipments': 'shipment', 'stock': 'goods', 'uploads': 'uploads', 'views': 'views'},
        'copy': 'order', 'order': 'order', 'list': {'entry': 'list'}, 'ship_address': 'address', 'branch': 'branch', 'row': 'row',
        'adds_to': 'uploads', 'product': {'catalogue': 'goods'}, 'session': 'session', 'line': {'corrections': 'line'}, 'file': 'file', 'token': 'file'},
    'office': {
        'id': {'accounts': 'party', 'accounts/task': 'collection_task', 'accounts/task-new': 'party', 'assignments': 'terminal', 'balances': 'flow_balance', 'copies': 'copy',
               'corrections': 'flow_correction', 'customers': 'party', 'dealings': 'party', 'disputes': 'reconciliation_dispute', 'diversions': 'flow_case', 'entry': 'sales_order',
               'flowfiles': 'flow_file', 'flowsources': 'party', 'invoices/new': 'sales_order', 'invoices': 'invoice', 'letters': 'confirmation_letter',
               'licences': 'party_licence', 'merges': 'party', 'messages': 'notification', 'orders': 'sales_order', 'parties': 'party',
               'picking': 'sales_order', 'portalusers': 'user', 'precision': 'flow_sample', 'quotations': 'quotation', 'rebates/line': 'rebate_line', 'receipts': 'receipt',
               'reconciliations': 'reconciliation', 'returns/new': 'arrived', 'returns/ask': 'arrived', 'returns': 'return_order',
               'shipments/photo': 'arrived', 'shipments': 'shipment', 'territories': 'territory', 'views': 'views'},
        'copy': {'entry': 'sales_order', 'quotations': 'quotation'}, 'row': 'row', 'line': {'corrections': 'line'}, 'adds_to': 'flow_file', 'open': {
            'approvals': 'step', 'matching': 'flow_name', 'precision': 'flow_sample'}, 'step': 'step', 'name': {'matching': 'flow_name', 'aliases': 'flow_name'},
        'allocation': 'allocation', 'item': {'customers': 'address'}, 'party': {'customers': 'party', 'portalusers': 'party'}, 'session': 'session',
        'sender': {'rematch': 'party'}, 'terminal': {'transfers': 'terminal'}},
}
# What has no row scope: who may see one, sees all.
EVERYONES = {
    'goods in our own warehouses': 'stock adjustments lots receiving warehouses trace',
    'products, prices and the rules of trade': 'products pictures productgroups customergroups prices bidprices pricechanges policies visibility rules'
                                               ' rebatepolicies conversions',
    'the company, its people and its months': 'units staff roles periods audit recalls',
    'a run of rebates is one for all its customers; a line of it is not': 'rebates'}
EVERYONES = {program for programs in EVERYONES.values() for program in programs.split()}
# Numbers and marks that name nothing, and the hidden pages, days and filters forms carry along.
PLAIN = set('version drop merged after again header_row total approve last seq line list at view next query hash day month status shown since site'
            ' qty region from to into alias'.split())
SAID = {'text': 'x', 'textarea': '说明', 'int': '1', 'qty': '1', 'money': '1.00', 'price': '1.00', 'percent': '1', 'date': str(day(0)),
        'month': f'{day(0):%Y-%m}', 'code': 'X1', 'tel': '1', 'email': 'a@b.cn', 'hidden': '1'}


# Posts that do what may be done, and nothing where nothing may.
DONE_FOR_NOTHING = {
    '/login/revoke': 'ends those sessions that are the reader\'s own', '/matching/bulk': 'sets those names aside that wait and are seen',
    '/rematch/': 'goes on behind that sender, among those that are seen'}


def word():
    """Letters alone: no number in it is taken for an id."""
    return ''.join(random.choices(string.ascii_lowercase, k=20))


def kind_of(site, path, field, kind):
    """The kind of record a field names; None when it names none."""
    parts = path.strip('/').split('/')
    keys = ['views'] if parts[1:2] == ['views'] else ['/'.join(parts[:2]), parts[0]]
    known = RECORDS[site].get(field)
    if isinstance(known, dict):
        known = next((known[k] for k in keys if k in known), None)
    if known == 'views':
        return 'views of ' + parts[0]
    if known is None and kind in ('int', 'hidden') and field not in PLAIN:
        assert site == 'office' and parts[0] in EVERYONES or kind == 'int' and NUMBERS.match(field), (site, path, field, 'is it a record of somebody?')
    return known


NUMBERS = re.compile(r'.*(qty|days?|months?|level|min|cases|priority|count|units_per_pack|band_low|collector|terms_back)$')


@pytest.fixture(scope='module')
def theirs(instance):
    made = Theirs(instance)
    yield made
    made.kinds.remove()


@pytest.fixture(scope='module')
def asked(instance, theirs):
    """(site, method, path, field, kind, {other field: a value}) of each field that names a record."""
    found, all_ = [], list(described(instance))
    lists = {}
    for site, route in all_:
        if route.find('p:list', NS) is not None:
            _, program, at = route.get('path').split('/', 2)
            lists.setdefault((site, program), '/' + at)
    for site, route in all_:
        path, fields = route.get('path'), route.findall('p:field', NS)
        if route.get('permission') in OPEN:
            continue
        kinds = {f.get('name'): kind_of(site, path, f.get('name'), f.get('type')) for f in fields if f.get('type') != 'file'}
        if path.endswith('/views'):
            theirs.views(site, path.split('/')[1], lists[site, path.split('/')[1]])
        usual = {'month': SAID['month'], 'line': '1', 'at': lists.get((site, path.split('/')[1]))}
        said = {k: v for k, v in usual.items() if k in kinds and kinds[k] is None} if route.get('method') == 'GET' else {
            f.get('name'): usual.get(f.get('name')) or f.findtext('p:option', SAID.get(f.get('type'), ''), NS) for f in fields
            if f.get('type') not in ('file', 'check', 'checks') and kinds.get(f.get('name')) is None and f.get('name') != 'alias'}
        for name, kind in kinds.items():
            if kind is not None:
                rest = {k: v for k, v in kinds.items() if v and k not in (name, 'copy', 'order', 'list', 'ship_address', 'branch', 'adds_to')}
                found.append((site, route.get('method'), path, name, kind, said, {} if name in ('id', 'copy', 'order', 'list', 'adds_to') else rest))
    return found


@pytest.fixture(scope='module')
def readers(instance, theirs):
    """Who may everything, but sees: his own, his department's, those below, all; and a portal user of another company."""
    roles = {}
    for scope in ('own', 'unit', 'below', 'all'):
        roles[scope] = instance.sql("INSERT INTO role (site, code, name, row_scope) VALUES ('office', %s, '全部', %s)", word(), scope)
        instance.sql("INSERT INTO role_permission (role_id, permission) SELECT DISTINCT %s, p.permission FROM role_permission p JOIN role r ON r.id = p.role_id"
                     " WHERE r.site = 'office'", roles[scope])
    beside = theirs.insert('org_unit', code=unique('U')[:20], name='旁边', parent_id=instance.value('SELECT MIN(id) FROM org_unit'))

    def office(scope, unit):
        made = instance.office(org_unit_id=unit)
        instance.sql('INSERT INTO user_role (user_id, role_id) VALUES (%s, %s)', made.user['id'], roles[scope])
        return made

    instance.sql('INSERT INTO user_role (user_id, role_id) VALUES (%s, %s)', theirs.rep.user['id'], roles['own'])
    instance.sql("INSERT IGNORE INTO user_role (user_id, role_id) SELECT %s, id FROM role WHERE site = 'portal' AND party_id IS NULL", theirs.buyer.user['id'])
    top = instance.value('SELECT MIN(id) FROM org_unit')
    found = {'office': {'own': office('own', theirs.unit), 'unit': office('unit', top), 'below': office('below', beside)},
             'portal': {'other': instance.portal(theirs.new_customer(), *ROLES)},
             'within': {'own': theirs.rep, 'unit': office('unit', theirs.unit), 'below': office('below', top), 'all': office('all', beside)}}
    for client in (*found['office'].values(), *found['portal'].values(), *found['within'].values(), theirs.buyer, theirs.manager):
        client.token = client.csrf()
    return found


def ask(client, method, path, params, fmt='xml'):
    if method == 'GET':
        return client.raw('GET', path, params={**params, 'format': fmt}, headers={'Accept': '*/*'})
    r = client.raw('POST', path, data={**params, '_csrf': client.token})
    if r.status_code == 303:        # what it says there, it says once
        after = client.raw('GET', r.headers['Location'])
        r._content = r.headers['Location'].encode() + after.content
    return r


def same(response, values):
    """What is left of an answer without the request's own marks and the ids asked for."""
    text = unpacked(response)
    for name, value in values.items():
        value = re.escape(str(value).encode())
        text = re.sub(rb'([?&;]%s=|name="%s"[^<>]*(?:value="|><value>))%s\b' % (name.encode(), name.encode(), value), rb'\1?', text)
        if len(value) > 3:      # a small number may be anything
            text = re.sub(rb'(?<![\da-f])%s(?![\da-f])' % value, b'?', text)
    text = re.sub(rb'[0-9a-f]{16,}|\d{4}-\d\d-\d\d[T ][0-9:+]*|\d\d:\d\d(:\d\d)?', b'', text)
    return response.status_code, text


def apart(one, other):
    """Where two answers begin to differ."""
    at = next((n for n, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    return [a[max(at - 60, 0):at + 60].decode('utf-8', 'replace') for a in (one, other)]


def unpacked(response):
    """All a file says, also what lies in its parts."""
    if response.content[:2] != b'PK':
        return response.content
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        return b''.join(book.read(n) for n in book.namelist())


def values_of(ids, name, kind, rest, unknown=False):
    """The record asked for, and its kin where one is asked for by two ids."""
    if unknown:
        return {k: '0' * 32 if v == 'file' else NOBODYS for k, v in {name: kind, **rest}.items()}
    return {k: ids[v] for k, v in {name: kind, **rest}.items()}


@pytest.mark.parametrize('site', ['office', 'portal'])
def test_a_foreign_record_is_as_an_unknown_one(theirs, asked, readers, site):
    ids, wrong, tried = theirs.office_ids if site == 'office' else theirs.portal_ids, [], 0
    for s, method, path, name, kind, said, rest in asked:
        if s != site:
            continue
        assert ids.get(kind) is not None, (path, name, kind, 'there is none to ask for')
        for n, (scope, client) in enumerate(readers[site].items()):
            for fmt in FORMATS if method == 'GET' and n == 0 else ('xml',):
                got = []
                for unknown in (False, True):
                    values = values_of(ids, name, kind, rest, unknown)
                    r = ask(client, method, path, {**said, **values}, fmt)
                    got.append((same(r, values), theirs.mark.encode() in unpacked(r)))
                tried += 1
                if got[0] != got[1] or got[0][1] or got[0][0][0] >= 500 or got[0][0][0] == 303 and path not in DONE_FOR_NOTHING:
                    wrong.append((method, path, name, scope, fmt, got[0][0][0], got[1][0][0], apart(got[0][0][1], got[1][0][1])))
    assert not wrong, f'{len(wrong)} of {tried}:\n' + '\n'.join(map(str, wrong))


# Answered alike, whoever asks.
ALIKE = {
    'a form that carries it along, asked when it is sent': '/flowfiles/new /uploads/new /rematch/ /flowfiles/ /uploads/',
    'a file that only reading a real one makes': '/flowfiles/errors /uploads/errors /inventory/view',
    'a picture of a product': '/catalogue/picture',
    'a draft of the customer is not the office\'s to send': '/corrections/drop /corrections/send /corrections/withdraw',
    'its state is another by then': '/aliases/end /receipts/unallocate?id',
    'what else is wrong is said first; the database is asked by test_sql_wall.py': '/corrections/row?row /entry/save',
    'an order without a paper, a list without lines': '/orders/file /entry/?list /entry/check?list /entry/check?copy',
    'a quotation that is sent is not edited, and has no paper': '/quotations/file /quotations/edit /quotations/check',
    'one\'s own session': '/login/revoke',
}
ALIKE = {path for paths in ALIKE.values() for path in paths.split()}


def test_no_office_page_without_an_id_shows_what_is_foreign(instance, theirs, readers):
    """In no format, also not in the parts of an XLSX; the portal's lists are asked by test_matrix.py."""
    shown = []
    numbers = [theirs.mark, *(instance.value(f'SELECT {c} FROM {t} WHERE id = %s', theirs.office_ids[t]) for t, c in (
        ('sales_order', 'order_no'), ('shipment', 'shipment_no'), ('invoice', 'invoice_no'), ('receipt', 'receipt_no')))]
    for s, method, path, permission, _ in routes(instance):
        program = path.split('/')[1]
        if s != 'office' or method != 'GET' or permission in OPEN or program in EVERYONES:
            continue
        for n, client in enumerate(readers['office'].values()):
            for fmt in FORMATS if n == 0 else ('xml',):
                text = unpacked(ask(client, method, path, {}, fmt))
                if any(number.encode() in text for number in numbers):
                    shown.append((path, fmt, n))
    assert not shown, str(shown)


@pytest.mark.parametrize('scope', ['own', 'unit', 'below'])
def test_who_is_within_the_scope_sees_it(theirs, asked, readers, scope):
    client, closed = readers['within'][scope], []
    for site, method, path, name, kind, said, rest in asked:
        if site == 'office' and method == 'GET' and name == 'id' and kind not in ('notification', 'copy', 'user') and not kind.startswith('views'):
            if client.raw('GET', path, params=values_of(theirs.office_ids, name, kind, rest)).status_code == 404:
                closed.append(path)
    assert set(closed) <= ALIKE, closed


def test_ones_own_record_is_not_as_an_unknown_one(theirs, asked, readers):
    """Negative control: whoever may see the record is answered otherwise, so the questions above reach it.  Posts last, as they do what they say."""
    alike = []
    owners = {'notification': theirs.rep, 'copy': theirs.rep, 'session': theirs.rep, 'step': theirs.manager}
    for site, method, path, name, kind, said, rest in sorted(asked, key=lambda a: (a[2][:7] == '/login/', a[2][:13] == '/portalusers/', a[1])):
        ids = theirs.office_ids if site == 'office' else theirs.portal_ids
        client = theirs.buyer if site == 'portal' else owners.get(kind, readers['within']['all'])
        if kind.startswith('views') and site == 'office':
            client = theirs.rep
        got = []
        for unknown in (True, False):
            values = values_of(ids, name, kind, rest, unknown)
            r = ask(client, method, path, {**said, **values})
            got.append(same(r, values))
        if got[0] == got[1]:
            alike.append((site, method, path, name, got[0][0]))
    assert not [a for a in alike if not {a[2], f'{a[2]}?{a[3]}'} & ALIKE], '\n'.join(map(str, alike))
