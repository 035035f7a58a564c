"""The audit trail: what is written, how it reads, and that tampering shows."""
import csv
import io
import subprocess
import time

import pytest

from xiaoao import TOP, unique

PROGRAMS = 'login home audit'


@pytest.fixture
def auditor(instance):
    return instance.office('auditor')


@pytest.fixture
def change(instance):
    """A person renamed by an administrator: (administrator, person, old name, new name)."""
    admin, person = instance.office('admin'), instance.user('office', 'sales_rep', name='改前')
    name = unique('改后')
    admin.submit(f"/staff/edit?id={person['id']}", 'staff', name=name, locale='en')
    return admin, person, '改前', name


def test_a_change_is_found_and_read(auditor, change):
    admin, person, before, after = change
    page = auditor.get('/audit/', entity='app_user', entity_id=person['id'], op='update')
    row, = page.rows('audit')
    assert (row['actor'], row['op'], row['entity_id']) == (admin.user['name'], 'update',
                                                           str(person['id']))
    assert set(row['changes'].split(', ')) == {'name', 'locale'}
    page = auditor.get(row['@href'])
    fields = {r['column_name']: (r['value_before'], r['value_after'])
              for r in page.rows('audit-changes')}
    assert fields == {'name': (before, after), 'locale': ('zh-CN', 'en')}


def test_fields_and_states_read_as_words(auditor, change):
    href = auditor.get('/audit/', entity='app_user', entity_id=change[1]['id'],
                       op='update').rows('audit')[0]['@href']
    text = auditor.raw('GET', href, headers={'Accept': 'text/html'}).text
    assert '姓名' in text or '名称' in text
    assert '简体中文' in text and 'English' in text


def audited_columns(instance):
    """Columns that rows of the trail may name, by the table."""
    for line in (TOP / 'sql/triggers/audit.list').read_text().splitlines():
        if line.strip() and not line.startswith('#'):
            table, _, _, *hidden = line.split()
            rows = instance.sql('SELECT column_name AS c FROM information_schema.columns WHERE table_name = %s'
                                ' AND table_schema = DATABASE()', table)
            yield table, {r['c'] for r in rows} - {h[1:] for h in hidden} - {'updated_at', 'version'}


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_column_of_the_trail_has_a_word(instance, lang):
    words = (TOP / f'xslt/i18n/{lang}/audit.xml').read_text()
    bare = {f'{table}.{c}' for table, columns in audited_columns(instance) for c in columns
            if f'k="status.column.{c}"' not in words}
    assert not bare, bare


def test_a_password_is_never_in_the_trail(instance, auditor):
    user = instance.user('office', 'sales_rep')
    instance.sql("UPDATE app_user SET password_hash = 'secret-hash', totp_secret = 'SECRETTOTP',"
                 " phone = '1' WHERE id = %s", user['id'])
    rows = instance.sql("SELECT before_value, after_value FROM audit_log WHERE entity = 'app_user'"
                        ' AND entity_id = %s', user['id'])
    assert rows
    for row in rows:
        for value in row.values():
            assert 'secret-hash' not in (value or '') and 'SECRETTOTP' not in (value or '')


def test_filters(instance, auditor, change):
    admin = change[0]
    day = str(instance.value('SELECT business_day()'))
    found = auditor.get('/audit/', q=admin.user['login'], **{'from': day, 'to': day})
    assert found.rows('audit') and all(r['actor'] == admin.user['name'] for r in found.rows('audit'))
    assert not auditor.get('/audit/', q=admin.user['login'], **{'from': '2199-01-01'}).rows('audit')
    assert auditor.fetch('/audit/', **{'from': 'yesterday'}).status == 422
    assert auditor.fetch('/audit/', entity='nothing').status == 422


def test_pages_go_on_by_key(auditor, change):
    page = auditor.get('/audit/', size=2)
    first = [r['@id'] for r in page.rows('audit')]
    second = [r['@id'] for r in auditor.get(page.one('//p:pager/@next')).rows('audit')]
    assert len(first) == len(second) == 2 and max(map(int, second)) < min(map(int, first))


def test_the_list_is_exported(auditor, change):
    r = auditor.raw('GET', '/audit/', params={'format': 'csv', 'entity': 'app_user',
                                              'entity_id': change[1]['id']})
    assert r.status_code == 200 and r.headers['Content-Type'].startswith('text/csv')
    rows = list(csv.reader(io.StringIO(r.content.decode('utf-8-sig'))))
    assert len(rows) == 3, rows


def test_sign_ins_are_listed(instance, auditor):
    user = instance.user('office', 'sales_rep')
    instance.client('office').sign_in(user['login'], 'wrong-password-1')
    instance.client('office').sign_in(user['login'])
    rows = auditor.get('/audit/logins', q=user['login']).rows('logins')
    assert [r['event'] for r in rows] == ['ok', 'failed']
    assert [r['event'] for r in auditor.get('/audit/logins', q=user['login'],
                                            event='failed').rows('logins')] == ['failed']


def test_nobody_writes_the_trail(instance):
    db = instance.connect_as('office')
    with db.cursor() as c:
        for statement in ("UPDATE audit_log SET entity_id = '0' LIMIT 1", 'DELETE FROM audit_log LIMIT 1',
                          'DELETE FROM audit_head LIMIT 1', 'DELETE FROM login_event LIMIT 1'):
            with pytest.raises(Exception, match='denied'):
                c.execute(statement)
    db.close()
    for statement in ("UPDATE audit_log SET entity_id = '0' LIMIT 1", 'DELETE FROM audit_log LIMIT 1'):
        with pytest.raises(Exception, match='append-only'):
            instance.sql(statement)


def chain_of_party(instance):
    party = instance.sql("INSERT INTO party (code, name) VALUES (%s, '链')", unique('P')[:20])
    for phone in ('1', '2', '3'):
        instance.sql('UPDATE party SET phone = %s WHERE id = %s', phone, party)
    return party, f'p{party}'


def test_a_sound_chain_is_sound(instance, auditor):
    _, chain = chain_of_party(instance)
    page = auditor.get('/audit/verify', chain=chain)
    assert 'notice.audit.sound' in page.notices and page.rows('audit-faults') == []


def test_a_long_chain_is_checked_in_pages(own_instance):
    auditor, rows = own_instance.office('auditor'), 12000
    own_instance.sql('BEGIN NOT ATOMIC START TRANSACTION; FOR i IN 1..%s DO CALL audit_write('
                     "'t:long', 'long', i, 'insert', NULL, REPEAT('x', 200)); END FOR; COMMIT; END", rows)
    page, seen, slowest = auditor.get('/audit/verify', chain='t:long'), 1, 0
    while page.may('verify-more'):
        start = time.monotonic()
        page, seen = auditor.get(page.link('verify-more')), seen + 1
        slowest = max(slowest, time.monotonic() - start)
        assert 'notice.audit.sound' in page.notices
    assert seen == 3 and slowest < 2, slowest
    whole = [TOP / 'sql/audit-verify', '--socket', own_instance.home / 'sock/db.sock']
    assert 'are sound; heads' in subprocess.run(whole, check=True, capture_output=True, text=True).stdout
    own_instance.sql('DROP TRIGGER only_audit_log_update')
    own_instance.sql("UPDATE audit_log SET after_value = '' WHERE chain = 't:long' AND seq = 7000")
    done = subprocess.run(whole, check=False, capture_output=True, text=True)
    assert done.returncode == 1 and 'chain t:long row 7000 ' in done.stdout, done.stdout
    assert auditor.get('/audit/verify', chain='t:long', seq=5000).rows('audit-faults')[0]['seq'] == '7000'


def test_tampering_shows(own_instance):
    """By the administrator of the database, with the triggers off."""
    auditor = own_instance.office('auditor')
    faults = {}
    tamper = {'changed': "UPDATE audit_log SET after_value = '{\"phone\":\"9\"}' WHERE chain = %s AND seq = 2",
              'link': 'DELETE FROM audit_log WHERE chain = %s AND seq = 3',
              'head': 'DELETE FROM audit_log WHERE chain = %s ORDER BY seq DESC LIMIT 1'}
    triggers = own_instance.sql("SHOW TRIGGERS WHERE `Trigger` LIKE 'only_audit_log%%'")
    chains = {fault: chain_of_party(own_instance)[1] for fault in tamper}
    for t in triggers:
        own_instance.sql(f"DROP TRIGGER {t['Trigger']}")
    for fault, statement in tamper.items():
        own_instance.sql(statement, chains[fault])
        page = auditor.get('/audit/verify', chain=chains[fault])
        assert 'notice.audit.broken' in page.notices
        faults[fault] = [r['fault'] for r in page.rows('audit-faults')]
    assert faults['changed'][0] == 'changed' and faults['link'] == ['link']
    assert faults['head'] == ['head']
    assert len(auditor.get('/audit/verify').rows('audit-faults')) >= 3


def test_pages_are_for_those_who_may(instance):
    rep = instance.office('sales_rep')
    for path in ('/audit/', '/audit/logins', '/audit/chains', '/audit/verify', '/audit/view?id=1'):
        assert rep.fetch(path).status == 403


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(instance, change, lang):
    browser = instance.office('auditor', lang=lang, locale=lang)
    rows = browser.get('/audit/', size=200).rows('audit')
    kinds = {r['entity']: r['@href'] for r in rows}
    for path in ['/audit/', '/audit/logins', '/audit/chains', '/audit/verify', *kinds.values()]:
        text = browser.raw('GET', path, headers={'Accept': 'text/html'}).text
        assert '⟦' not in text, path
