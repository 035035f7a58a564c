"""Every route x every role, from what the programs say of themselves; records are asked for in test_foreign.py.

matrix.expected is the committed answer: which roles each route lets in.  A rule that
changes must change there too: MATRIX_UPDATE=1 writes it anew, for a person to read.
"""
import io
import os
import pathlib
import zipfile

import pytest
from xiaoao import NS

EXPECTED = pathlib.Path(__file__).with_name('matrix.expected')
ROLES = {
    'office': ['admin', 'sales_rep', 'sales_manager', 'finance', 'finance_manager', 'logistics',
               'warehouse_check', 'quality', 'product_manager', 'flow_clerk', 'auditor'],
    'portal': ['company_admin', 'buyer', 'accountant', 'receiver', 'reporter', 'chain_viewer'],
}
OPEN = ('public', 'half-signed-in')
FORMATS = ('html', 'xml', 'csv', 'xlsx')


@pytest.fixture(scope='module')
def routes(instance):
    found = []
    for site, _, program in instance.programs():
        for route in program.findall('p:route', NS):
            fields = {f.get('name') for f in route.findall('p:field', NS)}
            found.append((site, route.get('method'), route.get('path'), route.get('permission'),
                          fields))
    assert len(found) > 100
    return found


@pytest.fixture(scope='module')
def parties(instance):
    """Two distributors with trade of their own."""
    rows = instance.sql("SELECT o.party_id, COUNT(*) AS n FROM sales_order o JOIN customer c"
                        " ON c.party_id = o.party_id WHERE c.buyer_role = 'distributor'"
                        ' GROUP BY o.party_id ORDER BY n DESC, o.party_id LIMIT 2')
    return [r['party_id'] for r in rows]


@pytest.fixture(scope='module')
def people(instance, parties):
    """A browser for every role, by site and role."""
    found = {('office', r): instance.office(r) for r in ROLES['office']}
    found.update({('portal', r): instance.portal(parties[0], r) for r in ROLES['portal']})
    return found


def unpacked(response):
    """All a file says, also what lies in its parts."""
    if response.content[:2] != b'PK':
        return response.content
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        return b''.join(book.read(n) for n in book.namelist())


def answer(client, method, path, fmt='xml'):
    if method == 'GET':
        return client.raw('GET', path, params={'format': fmt}, headers={'Accept': '*/*'})
    return client.raw('POST', path, data={'_csrf': client.token})


def test_every_route_lets_in_the_roles_it_should_and_no_other(routes, people):
    held = {}
    for key, client in people.items():
        client.token = client.csrf()
        held[key] = client
    lines = []
    for site, method, path, permission, _ in sorted(routes, key=lambda r: r[:3]):
        if permission in OPEN or path == '/login/out':
            continue
        let_in = [role for role in ROLES[site]
                  if answer(held[site, role], method, path).status_code not in (401, 403)]
        lines.append(f'{site} {method} {path} [{permission}] {" ".join(let_in)}')
    text = '\n'.join(lines) + '\n'
    if os.environ.get('MATRIX_UPDATE'):
        EXPECTED.write_text(text)
    assert text == EXPECTED.read_text()


def test_nobody_gets_in_without_a_session(routes, anyone):
    for site, method, path, permission, _ in routes:
        if permission in OPEN:
            continue
        r = answer(anyone[site], method, path) if method == 'GET' else \
            anyone[site].raw('POST', path, data={'_csrf': '0' * 32})
        assert r.status_code in (303, 401, 403), (method, path, r.status_code)
        if r.status_code == 303:
            assert r.headers['Location'].startswith('/login/'), path
        assert b'<p:row' not in r.content and b'<row' not in r.content, path


def test_who_may_nothing_gets_in_nowhere(routes, instance, parties):
    """A route whose permission was forgotten would let in this person, whatever the roles above may (TRUST G10)."""
    nobody = {'office': instance.office(), 'portal': instance.portal(parties[0])}
    for client in nobody.values():
        client.token = client.csrf()
    let_in = [(site, method, path) for site, method, path, permission, _ in routes
              if permission not in (*OPEN, 'signed-in') and answer(nobody[site], method, path).status_code != 403]
    assert let_in == []


def test_a_denied_page_says_the_same_in_every_format(routes, people):
    """No export where there is no page."""
    auditor = people['office', 'auditor']
    receiver = people['portal', 'receiver']
    for site, method, path, permission, _ in routes:
        if method != 'GET' or permission in OPEN:
            continue
        client = auditor if site == 'office' else receiver
        codes = {answer(client, method, path, f).status_code for f in FORMATS}
        assert codes <= {403} or 403 not in codes, (path, codes)


def test_no_list_shows_what_is_not_the_companys(instance, routes, parties, people):
    """Every portal page in every format names no number of another company, nor a customer that the reader's own reports do not name."""
    admin = people['portal', 'company_admin']
    foreign = [r['order_no'] for r in instance.sql(
        'SELECT order_no FROM sales_order WHERE party_id <> %s ORDER BY id DESC LIMIT 400', parties[0])]
    foreign += [r['name'] for r in instance.sql(
        'SELECT p.name FROM party p JOIN customer c ON c.party_id = p.id WHERE p.id <> %s'
        ' AND COALESCE(p.parent_id, 0) <> %s AND p.id NOT IN (SELECT r.party_id FROM flow_row r'
        ' WHERE r.sender_id = %s AND r.party_id IS NOT NULL) LIMIT 400', parties[0], parties[0], parties[0])]
    assert len(foreign) > 50
    for site, method, path, permission, _ in routes:
        if site != 'portal' or method != 'GET' or permission in OPEN or path.endswith('/out'):
            continue
        for fmt in FORMATS:
            text = unpacked(answer(admin, 'GET', path, fmt)).decode('utf-8', 'replace')
            leaked = [f for f in foreign if f in text]
            assert not leaked, (path, fmt, leaked[:3])


def test_a_denied_post_changes_nothing(instance, routes, people):
    """Whatever the auditor may not do leaves no trace of his in the audit trail (T09)."""
    auditor = people['office', 'auditor']
    token = auditor.csrf()
    may = {r['permission'] for r in instance.sql(
        "SELECT p.permission FROM role_permission p JOIN role r ON r.id = p.role_id"
        " WHERE r.site = 'office' AND r.code = 'auditor'")} | {'signed-in', *OPEN}
    tried, traces = 0, lambda: instance.value('SELECT COUNT(*) FROM audit_log WHERE actor_id = %s', auditor.user['id'])
    before = traces()
    for site, method, path, permission, fields in routes:
        if site == 'office' and method == 'POST' and permission not in may:
            data = {'_csrf': token, **{f: '1' for f in fields}}
            assert auditor.raw('POST', path, data=data).status_code == 403, path
            tried += 1
    assert tried > 40
    assert traces() == before
