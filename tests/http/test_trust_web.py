"""What a hostile browser sends: markup, formulas, headers, bodies, files (TRUST T18-T27, T33-T40)."""
import collections
import io
import re
import socket
import time
import urllib.parse
import zipfile

import pytest
from lxml import html as lxml_html

import hostile
from lists import export
from market import day
from road import Road
from routes import OPEN, routes
from xiaoao import children_of

SCHEME = re.compile(r'\s*([a-zA-Z][a-zA-Z0-9+.-]*)\s*:')
SQL = re.compile(r'SQLSTATE|mysql|mariadb|SELECT .* FROM|INSERT INTO|syntax error|\.c:\d+|'
                 r'libxml|/tmp/|stack trace', re.I)


@pytest.fixture(scope='module')
def road(instance):
    """A customer with one of everything, that nobody else touches."""
    made = Road(instance)
    made.code_ = made.product(price='10.00')
    made.shipment = made.shipped([(made.code_, 40)])
    made.order_ = made.order_of(made.shipment)
    made.invoice = made.to_issue(made.order_)
    made.good(made.issue(made.invoice))
    made.receipt = made.posted('100.00')
    made.product_ = instance.value('SELECT id FROM product WHERE code = %s', made.code_)
    made.staff = instance.office('admin', 'sales_manager', 'finance', 'logistics', 'product_manager',
                                 org_unit_id=made.unit)
    made.portal = {site: made.pid(site, i) for site, i in (
        ('sales_order', made.order_), ('shipment', made.shipment), ('invoice', made.invoice))}
    return made


# ---- markup (T19, T23)

def shape(client, path, **query):
    """Elements with the names of their attributes, and the schemes of addresses."""
    r = client.raw('GET', path, params=query, headers={'Accept': 'text/html'})
    assert r.status_code in (200, 404, 422), (path, r.status_code)
    assert r.headers['Content-Security-Policy'].startswith("default-src 'none'")
    assert not re.search(r'<script(?![^>]* src=)', r.text), path
    return shape_of(r.text)


def shape_of(text):
    tree = lxml_html.fromstring(text.encode())
    elements, schemes, targets = collections.Counter(), set(), set()
    for e in tree.iter():
        if not isinstance(e.tag, str):
            elements['comment or instruction'] += 1
            continue
        if e.tag != 'option':       # the choices of a filter grow with other tests
            elements[e.tag, *sorted(e.attrib)] += 1
        for name in ('href', 'src', 'action', 'formaction', 'hx-get', 'hx-post', 'xlink:href'):
            value = e.get(name)
            if value is None:
                continue
            found = SCHEME.match(value)
            schemes.add(found[1].lower() if found else '')
            targets.add(value[:2] == '//')
    return elements, schemes, targets


def texts(road, text):
    """Puts the text into every text field of the customer's records."""
    sql = road.instance.sql
    long, short = text[:100], text[:38]
    sql('UPDATE party SET name = %s, address = %s, phone = %s, short_name = %s WHERE id = %s',
        long, long, short[:30], short, road.customer)
    sql('UPDATE party_address SET name = %s, contact = %s, address = %s WHERE party_id = %s',
        short, short, long, road.customer)
    sql('UPDATE sales_order SET po_no = %s, note = %s, reply = %s, ship_name = %s, ship_contact = %s,'
        ' ship_address = %s WHERE id = %s', short, long, long, short, short, long, road.order_)
    sql('UPDATE sales_order_line SET note = %s, reply = %s WHERE order_id = %s', long, long, road.order_)
    sql('UPDATE product SET generic_name = %s, trade_name = %s, pack_spec = %s, description = %s'
        ' WHERE id = %s', long, short, short, long, road.product_)
    sql('UPDATE shipment SET carrier = %s, tracking_no = %s, note = %s, ship_name = %s,'
        ' ship_address = %s WHERE id = %s', short, short, long, short, long, road.shipment)
    sql('UPDATE invoice SET title = %s, reason = %s WHERE id = %s', long, long, road.invoice)
    sql('UPDATE receipt SET payer_name = %s, reference = %s, note = %s WHERE id = %s',
        long, long, long, road.receipt)
    sql('UPDATE app_user SET name = %s WHERE party_id = %s OR id = %s', short, road.customer,
        road.rep.user['id'])


PAGES = {
    'office': ['/orders/?customer={code}', '/orders/view?id={order}', '/shipments/view?id={shipment}',
               '/shipments/note?id={shipment}', '/invoices/view?id={invoice}',
               '/receipts/view?id={receipt}', '/receipts/?customer={code}',
               '/accounts/view?id={party}', '/accounts/statement?id={party}', '/parties/view?id={party}',
               '/products/view?id={product}', '/customers/?q={code}'],
    'portal': ['/home/', '/orders/', '/orders/view?id={order}', '/shipments/', '/company/',
               '/shipments/view?id={shipment}', '/shipments/note?id={shipment}',
               '/invoices/view?id={invoice}', '/catalogue/?q={sku}', '/stock/?q={sku}', '/stock/history', '/entry/'],
}


def addresses(road, site):
    office = {'order': road.order_, 'shipment': road.shipment, 'invoice': road.invoice}
    portal = {'order': road.portal['sales_order'], 'shipment': road.portal['shipment'],
              'invoice': road.portal['invoice']}
    # lists of products by code: other tests make some at the same time
    sku = road.instance.value('SELECT code FROM product WHERE id = %s', road.product_)
    for path in PAGES[site]:
        yield path.format(party=road.customer, receipt=road.receipt, product=road.product_,
                          code=road.code(), sku=sku, **(office if site == 'office' else portal))


@pytest.mark.parametrize('site', ['office', 'portal'])
def test_stored_markup_is_text_on_every_page(road, site):
    client = road.staff if site == 'office' else road.buyer
    paths = list(addresses(road, site))
    texts(road, 'harmlos')
    # a page a role may not see shows nothing anyway
    paths = [p for p in paths if client.fetch(p).status == 200]
    assert len(paths) >= 9

    # a long value stands in a cell of its own: what it is compared with is as long
    def shapes(text, chosen):
        texts(road, text)
        return {path: shape(client, path) for path in chosen}

    for n, text in enumerate(hostile.XSS):
        # every page sees a quarter of the corpus, every text a quarter of the pages
        chosen = paths[n % 4::4] if n != 1 else paths
        # a message that comes in between shows at the bell: different twice is the text's doing
        for last in (False, True):
            found, plain = shapes(text, chosen), shapes('x' * len(text), chosen)
            if found == plain:
                break
            assert not last, (text, [p for p in chosen if found[p] != plain[p]])


@pytest.mark.parametrize('site, path, form, fields', [
    ('office', '/receipts/new', 'receipt', ('payer_name', 'payer_account', 'reference', 'note')),
    ('office', '/entry/', 'order-entry', ('po_no', 'note', 'code.1')),
    ('portal', '/company/address', 'company-address', ('name', 'contact', 'address')),
    ('portal', '/company/user', 'company-user', ('login', 'name', 'email')),
    ('portal', '/entry/', None, ('po_no', 'note', 'code.1'))])
def test_reflected_markup_is_a_value_of_its_field(road, site, path, form, fields):
    """Sent with something missing, so the form comes back with the text in it."""
    client = road.staff if site == 'office' else road.buyer
    page = client.get(path)
    form = form or page('//p:form')[0].get('name')
    href = page.form(form).get('href')
    client.http.headers['Accept'] = 'text/html'
    try:
        shapes = []
        for text in ['harmlos', *hostile.XSS[::4]]:
            data = {f: text[:30] for f in fields}
            r = client.raw('POST', href, data={'_csrf': page.csrf, **data})
            assert r.status_code == 422, (path, text, r.status_code)
            assert not re.search(r'<script(?![^>]* src=)', r.text)
            found = shape_of(r.text)
            shapes.append((found[1], found[2], {a for e in found[0] for a in e[1:] if a[:2] == 'on'}))
        assert all(s == shapes[0] for s in shapes)
    finally:
        client.http.headers['Accept'] = 'application/xml'


@pytest.mark.parametrize('text', hostile.XSS[::3])
def test_a_search_for_markup_is_text(road, text):
    for client, path in ((road.staff, '/orders/'), (road.buyer, '/orders/')):
        plain = shape(client, path, q='harmlos')
        assert shape(client, path, q=text[:40])[1:] == plain[1:]


@pytest.mark.parametrize('control', ['\x01', '\x0b', '\x1f', '\x7f\x08', '\ufffe', '\uffff'])
def test_characters_no_document_may_hold_are_refused(road, control):
    reply = road.buyer.post('/company/address', {
        'name': f'a{control}b', 'contact': 'x', 'phone': '1', 'address': 'x', 'status': 'active'})
    assert reply.status in (400, 422)


# ---- formulas (T25)

@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_no_cell_of_an_export_is_a_formula(road, fmt):
    """In CSV a quote stands before it; in XLSX the cell is a text by its type."""
    for text in hostile.FORMULAS:
        texts(road, text)
        for client, path, query in ((road.staff, '/orders/', {'customer': road.code()}),
                                    (road.staff, '/receipts/', {'customer': road.code()}),
                                    (road.buyer, '/shipments/', {}), (road.buyer, '/orders/', {})):
            rows = export(client, path, fmt, **query)
            assert len(rows) > 1, path
            if fmt == 'xlsx':
                book = client.raw('GET', path, params={**query, 'format': fmt}).content
                with zipfile.ZipFile(io.BytesIO(book)) as z:
                    assert b'<f' not in b''.join(z.read(n) for n in z.namelist() if 'sheets/' in n)
                continue
            cells = [c for row in rows[1:] for c in row]
            assert any(text.strip() in c for c in cells), (path, text)
            for cell in cells:
                assert not cell.startswith(('=', '+', '@', '\t')), (path, cell)
                assert not cell.startswith('-') or re.fullmatch(r'-[\d.]+', cell), (path, cell)
    texts(road, 'harmlos')


# ---- headers (T26)

@pytest.mark.parametrize('path', [
    '/login/?next=%0d%0aSet-Cookie:%20a=b', '/login/?next=/%0aX-Injected:1', '/login/?lang=en%0d%0aX-Injected:1',
    '/login/?lang=%0d%0a%0d%0a<script>', '/orders/?sort=%0d%0aX-Injected:1', '/orders/?after=x%0d%0aX-Injected:1~1',
    '/orders/?format=csv%0d%0aX-Injected:1'])
def test_line_ends_in_parameters_make_no_header(road, instance, path):
    for client in (road.buyer, instance.client('office')):
        r = client.raw('GET', path)
        assert 'X-Injected' not in r.headers and 'a=b' not in r.headers.get('Set-Cookie', '')
        assert '\n' not in r.headers.get('Location', '')


@pytest.mark.parametrize('next_page', ['//evil.example', 'https://evil.example', 'javascript:alert(1)',
                                       '/\\evil.example', '/%2f/evil.example/..//evil.example'])
def test_nobody_is_sent_away(road, instance, next_page):
    r = instance.client('portal').raw('GET', '/login/', params={'next': next_page, 'lang': 'en'},
                                      headers={'Accept': 'text/html'})
    location = r.headers.get('Location', '/')
    assert location.startswith('/') and not location.startswith(('//', '/\\'))


def test_the_name_of_a_file_is_data(road):
    png = bytes.fromhex('89504e470d0a1a0a0000000d494844520000000100000001080600000'
                        '01f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082')
    for name in ('../../etc/passwd.png', 'a"; filename="b.html', 'a\\b.png', 'x' * 300 + '.png', '签收 ✓.png',
                 '<script>.png', ';.png'):
        shipment = road.shipped([(road.code_, 1)])
        reply = road.arrive(shipment, road.buyer, files={'photo': (name, png, 'image/png')})
        if reply.status in (400, 422):
            continue        # refused is as good; which ones are is multipart's affair
        page = road.good(reply)
        cell = road.buyer.get('/shipments/view', id=page).one('//p:text[@name="photo_name"]')
        r = road.buyer.raw('GET', cell.get('href'))
        header = r.headers['Content-Disposition']
        assert r.content == png and re.fullmatch(
            r'attachment; filename="[^"\\\r\n/]*"; filename\*=UTF-8\'\'[A-Za-z0-9%._~!$&+^`|#-]*', header), header
        assert '%2F' not in header.upper()
        assert 'sandbox' in r.headers['Content-Security-Policy']


# ---- bodies and parameters (T27, T34)

def encoded(pairs):
    return '&'.join(f'{k}={v}' for k, v in pairs)


BAD_INPUT = [
    ('malformed UTF-8', 'note=%ff%fe'), ('overlong UTF-8', 'note=%c0%af'), ('lone surrogate', 'note=%ed%a0%80'),
    ('cut UTF-8', 'note=%e4%b8'), ('NUL', 'note=a%00b'), ('NUL in a name', 'no%00te=a'),
    ('a name of 300 letters', 'n' * 300 + '=a'), ('no name', '=a'), ('bad escape', 'note=%zz'),
    ('cut escape', 'note=%a'), ('257 fields', encoded((f'f{n}', 1) for n in range(257))),
    ('a field twice', 'note=a&note=b'), ('id twice', 'id=1&id=2'), ('unknown field', 'is_admin=1'),
    ('unknown party', 'party_id=1'), ('index of a field without', 'note.1=x'),
    ('index too large', 'received.99999999999999999999=1'),
]


@pytest.mark.parametrize('name, body', BAD_INPUT, ids=[b[0] for b in BAD_INPUT])
def test_a_form_that_is_none_is_refused(road, name, body):
    number = road.portal['shipment']
    base = f'_csrf={road.buyer.csrf()}&arrived_on={day(0)}&received_by_name=x'
    if 'id=' not in body:
        base += f'&id={number}'
    r = road.buyer.raw('POST', '/shipments/arrive', data=f'{base}&{body}',
                       headers={'Content-Type': 'application/x-www-form-urlencoded'})
    assert r.status_code == 400, r.status_code
    assert not SQL.search(r.text)
    assert road.instance.value('SELECT COUNT(*) FROM arrival WHERE shipment_id = %s', road.shipment) == 0
    if 'received' not in body:
        r = road.buyer.raw('GET', '/orders/?' + body)
        assert r.status_code == 400, ('query', r.status_code)


@pytest.mark.parametrize('kind', ['text/plain', 'application/json', 'text/xml', 'multipart/form-data', ''])
def test_a_body_of_another_kind_is_refused(road, kind):
    r = road.buyer.raw('POST', '/company/address', data=b'{"_csrf": "x"}', headers={'Content-Type': kind})
    assert r.status_code in (400, 403, 415)


def test_a_text_longer_than_its_field_is_refused_beside_it(road):
    reply = road.buyer.post('/company/address', {'name': 'x' * 61, 'contact': 'x', 'phone': '1',
                                                 'address': 'x', 'status': 'active'})
    assert reply.status == 422 and reply.errors[0][0] == 'name'


def test_bodies_have_limits(road):
    token = road.buyer.csrf()
    for path, size in (('/company/address', 66000), ('/shipments/arrive', 11 << 20)):
        r = road.buyer.raw('POST', path, data={'_csrf': token, 'note': 'x' * size})
        assert r.status_code == 413, (path, r.status_code)


def test_what_takes_files_takes_large_ones(road, instance, everything):
    """nginx has a list of its own of what may be large: it must know every such route."""
    taking = [(s, p) for s, m, p, _, fields in routes(instance) if m == 'POST' and 'file' in fields.values()]
    assert len(taking) >= 5
    for site, path in taking:
        r = everything[site].raw('POST', path, data={'_csrf': '0' * 32}, files={'file': b'x' * 200000})
        assert r.status_code in (400, 403), (path, r.status_code)


@pytest.mark.parametrize('header', ['{c}={t}; {c}={t}', '{c}={t}; a=b; {c}=0', '{c}="{t}"', '{c}={t}\t',
                                    '{c}= {t}', '{c}={t},{c}={t}'])
def test_doubtful_cookies_open_nothing(road, instance, header):
    client = instance.client('portal')
    token = road.buyer.http.cookies.get(road.buyer.cookie)
    r = client.raw('GET', '/orders/', headers={'Cookie': header.format(c=client.cookie, t=token)})
    assert r.status_code in (400, 401) or header.endswith('\t') or '= ' in header


@pytest.mark.parametrize('name, values', [
    ('Origin', ('{own}', 'https://evil.example')), ('Sec-Fetch-Site', ('same-origin', 'cross-site')), ('Host', ('{host}', 'evil.example')),
    ('Content-Type', ('application/x-www-form-urlencoded', 'text/plain')), ('Cookie', ('{cookie}', 'a=b')),
    ('Authorization', ('Bearer a', 'Bearer b'))])
def test_a_header_that_decides_comes_once(road, instance, name, values):
    """In either order; the same request with the header once goes through."""
    client, base = road.buyer, instance.base('portal')
    own = {'host': urllib.parse.urlsplit(base).netloc, 'own': base,
           'cookie': f'{client.cookie}={client.http.cookies.get(client.cookie)}'}
    usual = {'Host': own['host'], 'Cookie': own['cookie'], 'Content-Type': 'application/x-www-form-urlencoded'}
    if name == 'Authorization':
        del usual['Cookie']     # a key comes alone
    body = f'_csrf={client.csrf()}&name=x'.encode()

    def status(*lines):
        head = [(k, v) for k, v in usual.items() if k != name] + [(name, v.format(**own)) for v in lines]
        with socket.create_connection(own['host'].split(':')) as s:
            s.sendall('\r\n'.join(['POST /company/address HTTP/1.1', f'Content-Length: {len(body)}', 'Connection: close',
                                   *(f'{k}: {v}' for k, v in head)]).encode() + b'\r\n\r\n' + body)
            return int(s.makefile('rb').readline().split()[1])

    assert status(values[0]) != 400 == status(*values) == status(*reversed(values))


# ---- files (T20-T22, G23)

FILES = hostile.files()


@pytest.mark.parametrize('name, body', FILES, ids=[f[0] for f in FILES])
def test_hostile_tables_are_refused_at_once(road, name, body):
    page = road.buyer.get('/entry/')
    start = time.monotonic()
    r = road.buyer.raw('POST', '/entry/check', data={'_csrf': page.csrf},
                       files={'file': (name, body, 'application/octet-stream')})
    assert time.monotonic() - start < 8
    assert r.status_code in (200, 422) and 'root:' not in r.text and 'hahaha' not in r.text
    assert '<error' in r.text, r.text[:1000]
    assert not SQL.search(r.text)


def test_after_all_hostile_tables_a_good_one_is_read(road):
    page = road.buyer.get('/entry/')
    for name, body in (('a.csv', f'{road.code_},12\n'.encode()),
                       ('a.xlsx', hostile.book(hostile.sheet(road.code_)))):
        r = road.buyer.raw('POST', '/entry/check', data={'_csrf': page.csrf}, files={'file': (name, body)})
        assert r.status_code == 200 and road.code_ in r.text, (name, r.text[:500])


# ---- every route

@pytest.fixture(scope='module')
def everything(instance):
    """A browser at each site that may see all."""
    rows = instance.sql("SELECT code FROM role WHERE site = 'office' AND party_id IS NULL")
    party = instance.value("SELECT o.party_id FROM sales_order o JOIN customer c ON c.party_id = o.party_id"
                           " WHERE c.buyer_role = 'distributor' GROUP BY o.party_id"
                           ' ORDER BY COUNT(*) DESC LIMIT 1')
    return {'office': instance.office(*(r['code'] for r in rows)),
            'portal': instance.portal(party, 'company_admin', 'buyer', 'accountant', 'chain_viewer')}


def test_reading_writes_nothing_and_every_answer_has_the_policy(instance, everything):
    """Every GET route in every format, plain and with odd values."""
    tried = 0
    for site, method, path, permission, fields in routes(instance):
        if method != 'GET' or path.startswith('/login/'):
            continue
        client = everything[site]
        for query in ({}, dict.fromkeys(fields, '1'), dict.fromkeys(fields, "'\"")):
            for fmt in ('text/html', 'application/xml', 'text/csv'):
                r = client.raw('GET', path, params=query, headers={'Accept': fmt})
                assert r.status_code < 500, (path, query, fmt, r.status_code)
                assert "default-src 'none'" in r.headers['Content-Security-Policy'], path
                assert r.headers['X-Content-Type-Options'] == 'nosniff', path
                assert r.status_code == 200 or not SQL.search(r.text), (path, query)
                tried += 1
    assert tried > 300
    for client in everything.values():
        me = client.user['id']
        assert instance.value('SELECT COUNT(*) FROM audit_log WHERE actor_id = %s', me) == 0


def test_a_get_of_what_posts_does_nothing(instance, everything):
    known = list(routes(instance))
    gets = {(s, p) for s, m, p, _, _ in known if m == 'GET'}
    for site, method, path, permission, fields in known:
        if method == 'POST' and (site, path) not in gets and permission not in OPEN:
            assert everything[site].raw('GET', path, params={'id': 1}).status_code in (400, 404, 405), path


def test_every_post_wants_the_token(instance, everything):
    for site, method, path, permission, fields in routes(instance):
        if method == 'POST' and permission not in OPEN and not path.startswith('/login/'):
            client = everything[site]
            assert client.raw('POST', path, data={'_csrf': ''}).status_code == 403, path
            assert client.raw('POST', path, data={'_csrf': '0' * 32}).status_code == 403, path


def test_odd_values_of_a_post_are_no_fault(instance, everything):
    """Every field of every form with a hostile value: an answer, and never a broken one."""
    token = {site: client.csrf() for site, client in everything.items()}
    for site, method, path, permission, fields in routes(instance):
        if method != 'POST' or permission in OPEN or path.startswith('/login/'):
            continue
        for value in ("' OR 1=1 -- ", '9' * 18, '-1', '../../etc/passwd'):
            data = {f: value for f, kind in fields.items() if kind != 'file'}
            r = everything[site].raw('POST', path, data={**data, '_csrf': token[site]})
            assert r.status_code < 500, (path, value, r.status_code)
            assert not SQL.search(r.text.replace('/tmp/', '')) or r.status_code == 200, (path, value)


# ---- the sandbox (T40)

def status_of(pid):
    with open(f'/proc/{pid}/status') as status:
        return dict(line.split(':\t', 1) for line in status.read().splitlines() if ':\t' in line)


def test_every_worker_is_sandboxed(instance):
    """Who serves filters its system calls; neither it nor who forks it has rights or gains them."""
    if instance.conf('office')['sandbox'] == 'no':
        pytest.skip('sanitizers need files: their programs run without the sandbox')
    checked = 0
    for name in re.findall(r'^((?:office|portal)-\w+) ', instance.run('status').stdout, re.M):
        for pid in instance.pids(name):
            try:
                above, serving = status_of(pid), [status_of(child) for child in children_of(pid)]
            except OSError:
                continue        # retired meanwhile
            assert serving, (name, pid)
            for lines in (above, *serving):
                assert int(lines['CapEff'], 16) == 0 and lines['Uid'].split()[0] != '0', (name, pid)
            assert (serving[0]['Seccomp'], serving[0]['NoNewPrivs']) == ('2', '1'), (name, pid)
            checked += 1
    assert checked > 40
