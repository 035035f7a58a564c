"""The machine road: keys, and reports posted with them."""
import hashlib
import secrets
import subprocess

import pytest
import requests

from flowbed import MONTH, FlowBed, as_csv, day, sale
from lxml import etree
from routes import routes
from xiaoao import TOP, Reply, unique

PATH = f'/uploads/?kind=sale&month={MONTH:%Y-%m}'


@pytest.fixture(scope='module')
def bed(instance):
    return FlowBed(instance)


def key_row(bed, key, **more):
    """A key kept in the database as the page keeps it; made by a reporter of the company."""
    maker = more.pop('user_id', None) or bed.client.user['id']
    row = {'party_id': bed.party, 'user_id': maker, 'name': unique('ERP'),
           'key_hash': hashlib.sha256(key.encode()).digest(), 'expires_at': '2099-01-01', **more}
    return bed.instance.sql(f'INSERT INTO api_key ({", ".join(row)}) VALUES ({", ".join(["%s"] * len(row))})',
                            *row.values())


def new_key():
    return 'xok_' + secrets.token_urlsafe(32)


@pytest.fixture
def key(bed):
    key = new_key()
    key_row(bed, key)
    return key


class Machine:
    """Posts and asks as an ERP would: a key, no cookie."""

    def __init__(self, bed, key):
        self.base, self.key = bed.instance.base('portal'), key

    def __call__(self, method, path, **more):
        headers = {'Authorization': f'Bearer {self.key}', **more.pop('headers', {})}
        with requests.Session() as http:
            http.trust_env = False
            r = http.request(method, self.base + path, headers=headers, allow_redirects=False, timeout=30, **more)
        return Reply(r, location=r.headers.get('Location'))

    def send(self, content, path=PATH, content_type='text/csv', **headers):
        return self('POST', path, data=content, headers={'Content-Type': content_type, **headers})


def xml(rows=2, kind='sale', first=None, last=None, **root):
    e = etree.Element('flow-report', kind=kind, **{'from': first or day(1), 'to': last or day(28)}, **root)
    for n in range(rows):
        row = etree.SubElement(e, 'row')
        for name, value in {'biz_date': day(), 'counterparty_name': f'医院{n}', 'product_name': '阿莫西林胶囊',
                            'spec': '24粒', 'unit': '盒', 'qty': '10', 'doc_no': unique('d')}.items():
            etree.SubElement(row, name).text = value
    return etree.tostring(e, encoding='utf-8', xml_declaration=True)


# ---- keys


def test_a_key_is_made_shown_once_used_and_revoked(instance):
    bed = FlowBed(instance)
    admin = instance.portal(bed.party, 'company_admin')
    assert admin.get('/company/').may('keys')
    made = admin.submit('/keys/', 'key', name='金蝶', expires_on='2027-06-30')
    assert made.status == 200, made.errors
    key = made.page.value('api_key')
    assert admin.get('/keys/').rows('keys')[0]['expires_on'] == '2027-06-30'
    assert len(key) == 47 and key.startswith('xok_')
    assert key not in admin.raw('GET', '/keys/').text
    kept = instance.sql('SELECT * FROM api_key WHERE party_id = %s', bed.party)[0]
    assert kept['key_hash'] == hashlib.sha256(key.encode()).digest()
    assert instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'api_key' AND entity_id = %s", kept['id']) == 1
    assert key not in str(instance.sql('SELECT after_value FROM audit_log WHERE entity = %s', 'api_key'))
    machine = Machine(bed, key)
    assert machine.send(as_csv([sale(1)])).status == 202
    assert admin.get('/keys/').rows('keys')[0]['used_at']
    assert admin.act(admin.get('/keys/'), 'key.revoke').status == 303
    assert admin.get('/keys/').rows('keys')[0]['state'] == 'revoked'
    assert machine.send(as_csv([sale(2)])).status == 401


@pytest.mark.parametrize('until', ['2020-01-01', '2099-01-01'])
def test_a_key_lives_for_a_while_only(instance, bed, until):
    admin = instance.portal(bed.party, 'company_admin')
    reply = admin.submit('/keys/', 'key', name='x', expires_on=until)
    assert reply.status == 422 and ('expires_on', 'key.until') in reply.errors


def test_only_the_administrator_makes_keys_and_only_his_companys(instance, bed, key):
    assert bed.client.fetch('/keys/').status == 403
    other = FlowBed(instance)
    admin = instance.portal(other.party, 'company_admin')
    foreign = bed.instance.value('SELECT MAX(id) FROM api_key WHERE party_id = %s', bed.party)
    assert admin.post('/keys/revoke', {'id': foreign}).status == 404
    assert not admin.get('/keys/').rows('keys')
    assert Machine(bed, key)('GET', '/uploads/').status == 200


def test_a_wrong_expired_or_revoked_key_is_401(bed, key):
    dead = {new_key(): {'expires_at': '2020-01-01'}, new_key(): {'revoked_at': '2020-01-01'}}
    for k, more in dead.items():
        key_row(bed, k, **more)
    for k in (*dead, new_key(), key[:-1], key + 'A', 'x', bed.client.http.cookies.get(bed.client.cookie)):
        reply = Machine(bed, k).send(as_csv([sale(3)]))
        assert reply.status == 401, k
        assert 'Bearer' in reply.headers['WWW-Authenticate']
        assert reply.page.one('//p:problem').get('status') == '401'


def test_a_key_ends_with_its_maker(instance, bed):
    for change in ("UPDATE app_user SET status = 'disabled' WHERE id = %s", 'DELETE FROM user_role WHERE user_id = %s'):
        user, k = instance.user('portal', 'reporter', party=bed.party), new_key()
        key_row(bed, k, user_id=user['id'])
        assert Machine(bed, k)('GET', '/uploads/').status == 200
        instance.sql(change, user['id'])
        assert Machine(bed, k)('GET', '/uploads/').status in (401, 403, 422)


def test_a_cookie_beside_a_key_is_refused(bed, key):
    cookie = f'{bed.client.cookie}={bed.client.http.cookies.get(bed.client.cookie)}'
    assert Machine(bed, key).send(as_csv([sale(4)]), Cookie=cookie).status == 400
    assert Machine(bed, key).send(as_csv([sale(4)]), Cookie='theme=dark').status == 400


def test_a_key_opens_only_what_says_so(instance, bed, key):
    opened = set()
    machine = Machine(bed, key)
    for site, method, path, permission, _ in routes(instance):
        if site != 'portal':
            continue
        r = machine(method, path, **({'data': {'a': 'b'}} if method == 'POST' else {}))
        # nginx counts attempts to sign in, before us
        if r.status != 401 and not (r.status == 429 and path.startswith('/login/')):
            opened.add((method, path))
    assert opened == {('GET', '/uploads/'), ('POST', '/uploads/'), ('GET', '/uploads/view'), ('GET', '/uploads/errors')}


def test_the_database_takes_a_key_for_flows_alone(instance, bed, key):
    """The wall behind the router: the portal's account itself gets nowhere else with a key."""
    db = instance.connect_as('portal')
    with db.cursor() as c:
        for call in ("CALL portal_company_view(%s)", "CALL portal_orders_view(%s, 1)", "CALL portal_keys_list(%s)",
                     "CALL portal_idem(%s, 'a', '')"):
            with pytest.raises(Exception, match='no session'):
                c.execute(call, (key,))
        c.execute('CALL portal_uploads_new(%s)', (key,))
        assert c.fetchall()


def test_another_companys_file_is_404_for_a_key(instance, bed, key):
    other = FlowBed(instance)
    file = other.id(other.take(as_csv([sale(5)])))
    assert Machine(bed, key)('GET', f'/uploads/view?id={file}').status == 404
    assert Machine(bed, key)('GET', f'/uploads/errors?id={file}&format=csv').status == 404


def test_too_many_requests_have_to_wait(bed):
    k = new_key()
    key_row(bed, k, minute_at='2099-01-01', minute_count=60)
    bed.instance.sql('UPDATE api_key SET minute_at = UTC_TIMESTAMP(6) WHERE key_hash = %s',
                     hashlib.sha256(k.encode()).digest())
    reply = Machine(bed, k)('GET', '/uploads/')
    assert reply.status == 429 and reply.headers['Retry-After'] == '60'


# ---- reports


def test_xml_is_taken_with_what_it_says_of_itself(bed, key):
    reply = Machine(bed, key).send(xml(first=day(3), last=day(9)), '/uploads/', 'application/xml; charset=utf-8')
    assert reply.status == 202, reply.response.text
    assert reply.location.startswith('/uploads/view?id=')
    assert reply.page.id == 'portal.uploads.view'
    file = bed.row(int(reply.location.split('=')[1]))
    assert (file['origin'], file['format'], file['kind']) == ('api', 'xml', 'sale')
    assert (str(file['date_from']), str(file['date_to'])) == (day(3), day(9))
    assert Machine(bed, key)('GET', reply.location).page.value('title') == file['name']


def test_a_day_of_a_month_that_is_in_waits_for_a_person(instance):
    """A machine is asked no more than a person is: what would lose rows is told and does not happen."""
    bed, key = FlowBed(instance), new_key()
    key_row(bed, key)
    machine = Machine(bed, key)
    whole = int(machine.send(xml(3), '/uploads/', 'application/xml').location.split('=')[1])
    bed.reach(whole, 'imported')
    reply = machine.send(xml(1, first=day(4), last=day(4)), '/uploads/', 'application/xml')
    assert reply.status == 202 and 'notice.flow.overlap' in reply.page.notices
    assert [(r['name'], r['fate']) for r in reply.page.rows('flow-replaced')] == [(bed.row(whole)['name'], 'partly')]
    part = int(reply.location.split('=')[1])
    page = bed.reach(part, 'checked')
    assert 'notice.flow.overlap' in page.notices and not page('//p:form[@name="flow-go"]')
    refused = bed.client.post('/uploads/go', {'id': part, '_version': bed.row(part)['version'], 'mode': 'strict'})
    assert refused.status == 422 and 'error.flow.overlap' in refused.page.notices
    assert (bed.status(part), bed.status(whole)) == ('checked', 'imported')
    more = machine.send(xml(4), '/uploads/', 'application/xml')
    assert 'notice.flow.replaces' in more.page.notices and 'notice.flow.overlap' not in more.page.notices
    bed.reach(int(more.location.split('=')[1]), 'imported')
    assert bed.status(whole) == 'superseded'


def test_the_same_report_again_is_the_same_file(bed, key):
    content = xml(3)
    first = Machine(bed, key).send(content, '/uploads/', 'application/xml')
    again = Machine(bed, key).send(content, '/uploads/', 'text/xml')
    assert (first.status, again.status) == (202, 200)
    assert first.location == again.location


@pytest.mark.parametrize('content, content_type, path, status, error', [
    (b'<other/>', 'application/xml', '/uploads/', 422, 'file.not_table'),
    (b'<!DOCTYPE a [<!ENTITY b "c">]><flow-report kind="sale"/>', 'application/xml', '/uploads/', 422, 'file.dtd'),
    (b'<flow-report kind="nonsense" from="2026-10-01" to="2026-10-31"/>', 'application/xml', '/uploads/', 422, 'choice'),
    (b'<flow-report kind="sale" from="1. 10. 2026" to="x"/>', 'application/xml', '/uploads/', 422, 'date'),
    (b'<flow-report kind="sale"/>', 'application/xml', '/uploads/', 422, 'flow.month'),
    (b'a,b\n1,2\n', 'text/csv', '/uploads/', 422, 'flow.kind'),
    (b'', 'text/csv', PATH, 422, 'required'),
    (b'{"a": 1}', 'application/json', PATH, 400, None),
])
def test_errors_are_problem_documents(bed, key, content, content_type, path, status, error):
    before = bed.instance.value('SELECT COUNT(*) FROM flow_file WHERE party_id = %s', bed.party)
    reply = Machine(bed, key).send(content, path, content_type)
    assert reply.status == status, reply.response.text
    assert reply.page.one('//p:problem').get('status') == str(status)
    if error:
        assert f'error.{error}' in reply.page.notices
    assert bed.instance.value('SELECT COUNT(*) FROM flow_file WHERE party_id = %s', bed.party) == before


def test_the_schema_of_reports_says_what_is_sent(tmp_path):
    subprocess.run(['trang', TOP / 'xslt/schema/flow.rnc', tmp_path / 'flow.rng'], check=True)
    schema = etree.RelaxNG(etree.parse(str(tmp_path / 'flow.rng')))
    assert schema.validate(etree.fromstring(xml())), schema.error_log
    assert not schema.validate(etree.fromstring(xml(kind='stock'))), 'a stock report has no counterparty'
    assert not schema.validate(etree.fromstring(xml(sender='C1')))
