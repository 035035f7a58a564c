"""Who reports: kept, missing, reminded once a day, excused with a reason."""
import pytest

from flowbed import MONTH, FlowBed
from xiaoao import unique

PERIOD = int(f'{MONTH:%Y%m}')


@pytest.fixture
def bed(instance):
    instance.sql('INSERT IGNORE INTO period (period, starts_on, ends_on, collect_by, review_by, lock_by) VALUES'
                 ' (%s, %s, LAST_DAY(%s), LAST_DAY(%s) + INTERVAL 3 DAY, LAST_DAY(%s) + INTERVAL 8 DAY,'
                 ' LAST_DAY(%s) + INTERVAL 11 DAY)', PERIOD, *[MONTH] * 5)
    return FlowBed(instance, 'office')


def keep(bed, **fields):
    return bed.client.submit('/flowsources/edit', 'flow-source', **{
        'sender': bed.code, 'kinds': ['purchase', 'sale'], 'method': 'portal', 'due_day': 3, 'status': 'active', **fields})


def row(bed, **query):
    rows = bed.client.get('/flowsources/', month=f'{MONTH:%Y-%m}', q=bed.code, **query).rows('flowsources')
    return rows[0] if rows else None


def imported(bed, kind):
    """A file that was imported, as far as a list sees it."""
    return bed.instance.sql(
        'INSERT INTO flow_file (party_id, kind, origin, name, format, size, sha256, book_period, date_from, date_to,'
        " status, qty_total, qty_matched, imported_at) VALUES (%s, %s, 'office', %s, 'csv', 1, RANDOM_BYTES(32), %s, %s,"
        " LAST_DAY(%s), 'imported', 200, 150, UTC_TIMESTAMP(6))", bed.party, kind, unique('f') + '.csv', PERIOD, MONTH, MONTH)


def test_a_sender_owes_its_kinds_until_they_are_imported(bed):
    assert keep(bed).status == 303
    assert (row(bed)['purchase'], row(bed)['sale'], row(bed)['stock']) == ('missing', 'missing', 'none')
    imported(bed, 'purchase')
    assert row(bed)['purchase'] == 'received' and row(bed)['state'] in ('missing', 'waiting')
    imported(bed, 'sale')
    assert row(bed)['state'] == 'complete'
    assert row(bed, state='complete') and not row(bed, state='missing')
    page = bed.client.get('/flowsources/view', id=bed.party)
    month = [m for m in page.rows('flow-months') if m['month'] == f'{MONTH:%Y-%m}'][0]
    assert float(month['matched']) == 0.75 and int(month['days_covered']) >= 28


def test_a_new_sender_is_filled_in_as_usual(bed):
    assert bed.client.submit('/flowsources/edit', 'flow-source', sender=bed.code, kinds=['sale']).status == 303
    kept = bed.instance.sql('SELECT * FROM flow_source WHERE party_id = %s', bed.party)[0]
    assert (kept['method'], kept['due_day'], kept['status'], kept['kinds']) == ('portal', 3, 'active', 'sale')


def test_a_sender_is_changed_and_a_stale_form_shows_both(bed):
    keep(bed)
    page = bed.client.get('/flowsources/edit', id=bed.party)
    assert page('//p:field[@name="kinds"]/p:option[@selected]/@value') == ['purchase', 'sale']
    assert bed.client.submit(page, 'flow-source', kinds=['stock'], due_day=5, note='月初').status == 303
    kept = bed.instance.sql('SELECT * FROM flow_source WHERE party_id = %s', bed.party)[0]
    assert (kept['kinds'], kept['due_day'], kept['note']) == ('stock', 5, '月初')
    assert bed.client.submit(page, 'flow-source', note='旧').status == 409
    assert bed.instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'flow_source' AND entity_id = %s",
                              str(bed.party)) == 2


@pytest.mark.parametrize('fields, error', [
    ({'sender': 'NOBODY'}, ('sender', 'flow.sender')), ({'due_day': 31}, ('due_day', 'max')),
    ({'kinds': []}, ('kinds', 'required')), ({'method': 'fax'}, ('method', 'choice'))])
def test_what_is_wrong_is_said_beside_the_field(bed, fields, error):
    reply = keep(bed, **fields)
    assert reply.status == 422 and error in reply.errors, reply.errors
    assert not bed.instance.sql('SELECT 1 FROM flow_source WHERE party_id = %s', bed.party)


def test_a_distributor_is_a_sender_once(bed):
    keep(bed)
    assert ('sender', 'flow.source_known') in keep(bed).errors


def test_a_reminder_reaches_who_may_send_and_who_collects_once_a_day(instance, bed):
    collector = instance.user('office', 'flow_clerk')
    keep(bed, collector_id=collector['id'])
    people = {role: instance.user('portal', role, party=bed.party) for role in ('reporter', 'buyer')}
    reply = bed.client.post('/flowsources/remind', {'id': bed.party, 'month': f'{MONTH:%Y-%m}'})
    assert reply.status == 303, reply.errors
    told = {r['user_id'] for r in instance.sql("SELECT user_id FROM notification WHERE kind = 'flow.missing'"
                                               " AND args LIKE %s", '%who=%')}
    assert {people['reporter']['id'], collector['id']} <= told and people['buyer']['id'] not in told
    assert instance.value('SELECT told FROM flow_reminder WHERE party_id = %s', bed.party) == 2
    again = bed.client.post('/flowsources/remind', {'id': bed.party, 'month': f'{MONTH:%Y-%m}'})
    assert again.status == 422 and 'error.flow.reminded' in again.page.notices
    assert instance.value('SELECT COUNT(*) FROM flow_reminder WHERE party_id = %s', bed.party) == 1
    reporter = instance.client('portal').become(people['reporter'])
    assert any(m['kind'] == 'flow.missing' for m in reporter.get('/messages/').rows('messages'))


def test_all_who_are_late_are_reminded_in_one_go_once_a_day(instance, bed):
    collector = instance.user('office', 'flow_clerk')
    keep(bed, collector_id=collector['id'])
    other = FlowBed(instance, 'office')
    keep(other, collector_id=collector['id'])
    done = FlowBed(instance, 'office')
    keep(done, collector_id=collector['id'], kinds=['sale'])
    imported(done, 'sale')
    late = {'month': f'{MONTH:%Y-%m}', 'collector': collector['id']}
    page = bed.client.get('/flowsources/', **late)
    reply = bed.client.act(page, 'flow.remind-all')
    assert (reply.status, reply.location.split('?')[0]) == (303, '/flowsources/')
    told = [r['party_id'] for r in instance.sql('SELECT party_id FROM flow_reminder WHERE period = %s AND party_id IN (%s, %s, %s)',
                                                PERIOD, bed.party, other.party, done.party)]
    assert sorted(told) == sorted([bed.party, other.party])
    assert not bed.client.get('/flowsources/', **late).may('flow.remind-all')
    again = bed.client.post('/flowsources/remind-all', late)
    assert again.status == 422 and 'error.flow.none_missing' in again.page.notices
    assert not instance.office('auditor').get('/flowsources/').may('flow.remind-all')


def test_a_sender_who_buys_from_a_distributor_is_seen_by_who_sees_all(instance, bed):
    """Tier 2 is nobody's customer."""
    below = bed.instance.sql("INSERT INTO party (code, name, region_code) VALUES (%s, %s, '420112')", unique('E')[:20], unique('县医药'))
    instance.sql("INSERT INTO party_role (party_id, role) VALUES (%s, 'distributor')", below)
    code = instance.value('SELECT code FROM party WHERE id = %s', below)
    assert keep(bed, sender=code).status == 303
    assert bed.client.get('/flowsources/', month=f'{MONTH:%Y-%m}', q=code).rows('flowsources')
    assert not instance.office('sales_manager').get('/flowsources/', month=f'{MONTH:%Y-%m}', q=code).rows('flowsources')


def test_the_home_of_the_collector_counts_what_is_late_and_leads_there(instance, bed):
    me = instance.user('office', 'flow_clerk')
    clerk = instance.client('office').become(me)
    assert not clerk.get('/home/')('//p:figure[@name="reports"]')
    keep(bed, collector_id=me['id'])
    page = clerk.get('/home/')
    figure = page.one('//p:figure[@name="reports"]')
    listed = clerk.get(figure.get('href')).rows('flowsources')
    assert int(figure[0].text) == len(listed) and int(figure[0].text) + int(figure.findtext('.//{*}context/{*}int')) == 1


def test_who_has_sent_all_is_not_reminded(bed):
    keep(bed, kinds=['sale'])
    imported(bed, 'sale')
    reply = bed.client.post('/flowsources/remind', {'id': bed.party, 'month': f'{MONTH:%Y-%m}'})
    assert reply.status == 422 and 'error.flow.not_missing' in reply.page.notices


def test_a_month_is_excused_with_a_reason(bed):
    keep(bed)
    page = bed.client.get('/flowsources/excuse', id=bed.party)
    empty = bed.client.submit(page, 'flow-excuse', month=f'{MONTH:%Y-%m}', reason='')
    assert ('reason', 'required') in empty.errors
    assert bed.client.submit(page, 'flow-excuse', month=f'{MONTH:%Y-%m}', reason='停业盘点').status == 303
    assert row(bed)['state'] == 'excused'
    assert bed.instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'flow_excuse' AND entity_id LIKE %s",
                              f'{bed.party}%') == 1


def test_a_rep_sees_his_own_customers_only(instance, bed):
    keep(bed)
    rep = instance.office('sales_rep')
    assert rep.fetch('/flowsources/view', id=bed.party).status == 404
    assert not rep.get('/flowsources/', q=bed.code, month=f'{MONTH:%Y-%m}').rows('flowsources')
    assert rep.fetch('/flowsources/edit', id=bed.party).status == 403


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_pages_have_all_their_words(instance, bed, lang):
    keep(bed)
    client = instance.office('flow_clerk', lang=lang)
    for path in (f'/flowsources/?q={bed.code}', f'/flowsources/view?id={bed.party}', f'/flowsources/edit?id={bed.party}',
                 '/flowsources/edit', f'/flowsources/excuse?id={bed.party}'):
        assert '⟦' not in client.html(path).text_content(), path
