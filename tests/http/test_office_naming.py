"""What was learned of names: aliases that end, matched rates down to the name, samples that people judge."""
import pytest

from flowrows import FlowRows, month
from xiaoao import unique


@pytest.fixture(scope='module')
def rows(instance):
    return FlowRows(instance)


@pytest.fixture(scope='module')
def clerk(instance):
    return instance.office('flow_clerk')


def code_of(instance, party):
    return instance.value('SELECT code FROM party WHERE id = %s', party)


def state(instance, name):
    return instance.sql('SELECT state, target_id, version FROM flow_name WHERE id = %s', name)[0]


def test_a_taught_spelling_is_found_by_who_taught_it_and_ended(instance, rows, clerk):
    text, clinic = unique('乡院'), rows.terminal()
    name = rows.name('party', text, None, rows.customer)
    clerk.submit(clerk.get('/matching/', open=name), 'decision', action='match', party=code_of(instance, clinic))
    who = instance.value('SELECT name FROM app_user WHERE id = (SELECT decided_by FROM flow_name WHERE id = %s)', name)
    page = clerk.get('/aliases/', q=text, taught_by=who)
    assert [(r['name'], r['taught_by'], r['row_count']) for r in page.rows('aliases')] == [(text, who, '0')]
    clerk.act(page, 'alias.end')
    assert state(instance, name)['state'] == 'queued'
    assert clerk.get('/aliases/', q=text).rows('aliases') == []


def test_an_alias_for_all_says_how_many_rows_it_decides_and_ends_once(instance, rows, clerk):
    text, clinic = unique('县中心卫生院'), rows.terminal()
    alias = rows.insert('name_alias', what='party', norm=text, target_id=clinic, valid_from='2024-01-01')
    name = rows.name('party', text, clinic, rows.customer)
    instance.sql("UPDATE flow_name SET method = 'global', row_count = 7 WHERE id = %s", name)
    page = clerk.get('/aliases/global', q=text)
    assert [(r['name'], r['row_count']) for r in page.rows('aliases')] == [(text, '7')]
    clerk.act(page, 'alias.end')
    assert instance.value('SELECT valid_to IS NOT NULL FROM name_alias WHERE id = %s', alias) == 1
    assert clerk.post('/aliases/end', {'alias': alias}).status == 409
    ended = clerk.get('/aliases/global', q=text, life='ended')
    assert ended.rows('aliases') and not ended.may('alias.end')


def test_who_only_looks_ends_nothing(instance, rows):
    rows.insert('name_alias', what='party', norm=unique('某市医院'), target_id=rows.terminal(), valid_from='2024-01-01')
    assert not instance.office('auditor').get('/aliases/global').may('alias.end')


def test_the_rate_of_a_month_leads_to_the_names_that_are_open(instance, rows, clerk):
    sender, clinic = rows.new_customer(), rows.terminal()
    drug = instance.value('SELECT MIN(id) FROM product')
    file = rows.report([(clinic, drug, 'L1', 60), (None, drug, 'L1', 30), (clinic, None, 'L1', 10)], sender=sender)
    instance.sql('UPDATE flow_file SET rows_matched = 1, qty_total = 100, qty_matched = 60 WHERE id = %s', file)
    text = f'{month(1):%Y-%m}'
    code = code_of(instance, sender)
    rate = clerk.get('/matchrate/', q=code, month=text).rows('matchrate')
    assert [(r['row_count'], r['rows_open'], r['row_rate'], r['qty_open'], r['qty_rate']) for r in rate] == [
        ('3', '2', '0.3333', '40.0000', '0.6000')]
    names = clerk.get('/matchrate/names', sender=code, month=text).rows('unmatched')
    assert [(r['what'], r['row_count'], r['qty']) for r in names] == [('party', '1', '30.0000'), ('product', '1', '10.0000')]
    sheet = clerk.fetch('/matchrate/names', sender=code, month=text, format='csv').response.text
    assert all(r['name'] in sheet for r in names)
    assert clerk.fetch('/matchrate/names', sender='NOBODY', month=text).status == 404


def test_a_sample_is_drawn_judged_and_its_error_has_bounds(instance, rows, clerk):
    for _ in range(4):
        name = rows.name('party', unique('样本医院'), rows.terminal(), rows.customer)
        instance.sql("UPDATE flow_name SET method = 'similar', row_count = 1000000 WHERE id = %s", name)
    clerk.act(clerk.get('/precision/'), 'sample.draw')
    mine = clerk.get('/precision/', q='样本医院', verdict='open')('//p:list[@name="precision"]/p:row/@id')
    assert len(mine) >= 4
    page = clerk.get('/precision/', open=mine[0])
    clerk.submit(page, 'judgement', action='sample.wrong')
    clerk.submit(clerk.get('/precision/', open=mine[1]), 'judgement', action='sample.right')
    assert clerk.post('/precision/judge', {'id': mine[0], 'verdict': 'right'}).status == 409
    day = instance.value('SELECT drawn_on FROM flow_sample WHERE id = %s', mine[0])
    judged, wrong, low, rate, high = instance.sql(
        'SELECT judged, wrong, rate_low, rate, rate_high FROM flow_sample_rate WHERE drawn_on = %s', day)[0].values()
    assert 0 < wrong < judged and 0 < low < rate < high < 1
    clerk.submit(clerk.get('/precision/', open=mine[0]), 'judgement', action='take-back')
    assert instance.value('SELECT verdict FROM flow_sample WHERE id = %s', mine[0]) == 'open'


@pytest.mark.parametrize('judged, wrong, low, high', [(200, 0, '0.0000', '0.0188'), (200, 10, '0.0274', '0.0896'), (1, 1, '0.2065', '1.0000')])
def test_the_interval_is_wilsons(instance, judged, wrong, low, high):
    day = f'1999-{judged % 12 + 1:02}-{wrong % 27 + 1:02}'
    name = instance.sql("INSERT INTO flow_name (sender_id, what, name_key, name, norm, first_seen, last_seen) SELECT MIN(id), 'party',"
                        " RANDOM_BYTES(16), 'x', 'x', '1999-01-01', '1999-01-01' FROM party")
    instance.sql('SET foreign_key_checks = 0')
    instance.sql("INSERT INTO flow_sample (drawn_on, name_id, target_id, method, row_count, verdict) SELECT %s, CAST(seq AS SIGNED) - %s, 1, 'name', 1,"
                 f" IF(seq <= %s, 'wrong', 'right') FROM seq_1_to_{judged}", day, name * 1000, wrong)
    found = instance.sql('SELECT rate_low, rate_high FROM flow_sample_rate WHERE drawn_on = %s', day)[0]
    instance.sql('DELETE FROM flow_sample WHERE drawn_on = %s', day)
    instance.sql('SET foreign_key_checks = 1')
    assert (str(found['rate_low']), str(found['rate_high'])) == (low, high)
