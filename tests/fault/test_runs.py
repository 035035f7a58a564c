"""Runs of many customers under fire: the program or MariaDB is killed at random moments of a rebate run, a statement run and the
close of a month, and each batch is there whole or not at all."""
import pytest

from batches import Runs, close_wrong, rebates_wrong, work_on

PROGRAMS = 'login home rebates reconciliations periods importer'

BATCH = 200     # statements a press makes


@pytest.fixture(scope='module')
def runs(own_instance):
    return Runs(own_instance)


def test_a_rebate_run_is_computed_and_credited_whole_or_not_at_all(runs):
    count = 'SELECT COUNT(*) FROM rebate_run WHERE policy_id = %s'
    for what in ('office-rebates', 'db'):
        runs.strike(what, lambda: runs.maker.submit('/rebates/new', 'rebate', policy=runs.policy, period=runs.period), 0.6)
        assert not rebates_wrong(runs, runs.policy)
    if runs.value(count, runs.policy) == 0:
        assert runs.maker.submit('/rebates/new', 'rebate', policy=runs.policy, period=runs.period).status == 303
    assert runs.value(count, runs.policy) == 1 and not rebates_wrong(runs, runs.policy)
    run = runs.value('SELECT id FROM rebate_run WHERE policy_id = %s', runs.policy)
    for what in ('office-rebates', 'db'):
        runs.strike(what, lambda: runs.boss.submit(f'/rebates/view?id={run}', 'rebate-decide', action='approve'), 0.8)
        assert not rebates_wrong(runs, runs.policy)
    if runs.value('SELECT status FROM rebate_run WHERE id = %s', run) == 'draft':
        assert runs.boss.submit(f'/rebates/view?id={run}', 'rebate-decide', action='approve').status == 303
    assert runs.value('SELECT status FROM rebate_run WHERE id = %s', run) == 'approved' and not rebates_wrong(runs, runs.policy)
    assert runs.value('SELECT SUM(due) FROM rebate_line WHERE run_id = %s', run) == runs.many * 100


def statements_wrong(runs):
    """Statements without all their lines, or two of a month."""
    return runs.instance.sql(
        'SELECT r.id FROM reconciliation r LEFT JOIN reconciliation_line l ON l.reconciliation_id = r.id AND l.section = %s'
        ' WHERE r.period = %s GROUP BY r.id HAVING COALESCE(SUM(l.debit), 0) <> MAX(r.debit)'
        ' OR COALESCE(SUM(l.credit), 0) <> MAX(r.credit)',
        'account', int(f'{runs.last:%Y%m}')) or runs.instance.sql(
        'SELECT party_id FROM reconciliation WHERE period = %s AND live_key = 1 GROUP BY party_id HAVING COUNT(*) > 1',
        int(f'{runs.last:%Y%m}'))


def made_of(runs, status):
    return runs.value('SELECT COUNT(*) FROM reconciliation WHERE status = %s AND period = %s', status, f'{runs.last:%Y%m}')


def press(runs, action):
    return runs.clerk.submit('/reconciliations/make', 'reconcile-make', action=action, period=f'{runs.last:%Y%m}')


def test_a_statement_run_makes_and_sends_each_batch_whole_or_not_at_all(runs):
    for action, status in (('make', 'draft'), ('issue.all', 'issued')):
        steps = []
        for what in ('office-reconciliations', 'db'):
            before = made_of(runs, status)
            runs.strike(what, lambda action=action: press(runs, action), 0.6)
            assert not statements_wrong(runs)
            steps.append((before, made_of(runs, status)))
        total = -1
        while made_of(runs, status) > total:
            total = made_of(runs, status)
            assert press(runs, action).status == 303
        assert total >= runs.many and not statements_wrong(runs)
        for before, after in steps:
            assert after - before in (0, min(BATCH, total - before)), (steps, total)
    assert runs.value("SELECT COUNT(*) FROM reconciliation WHERE status = 'issued'"
                      ' AND NOT content_hash <=> reconcile_digest(id)') == 0


def press_work(runs):
    """The page's button: many pieces in one transaction."""
    runs.boss.act(runs.boss.get('/periods/view', id=runs.period), 'work')


def test_a_close_goes_on_where_it_was_and_ends_with_the_digests_of_all(runs):
    page = runs.boss.get('/periods/view', id=runs.period)
    runs.strike('office-periods', lambda: runs.boss.act(page, 'close'), 0.3)
    if runs.value("SELECT COUNT(*) FROM period_run WHERE period = %s AND action = 'close'", runs.period) == 0:
        assert runs.boss.act(runs.boss.get('/periods/view', id=runs.period), 'close').status == 303
    for what, work in (('office-periods', press_work), ('db', lambda runs: work_on(runs, runs.period))):
        runs.strike(what, lambda work=work: work(runs), 0.4)
        assert not close_wrong(runs, runs.period)
    work_on(runs, runs.period)
    assert runs.value('SELECT status FROM period WHERE period = %s', runs.period) == 'closed' and not close_wrong(runs, runs.period)
    check = runs.instance.sql('CALL period_check(%s, 0, 100000)', runs.period)[0]
    assert (check['bad'], check['agrees']) == (0, 1) and check['senders'] > 0


def test_the_checks_see_what_is_there_in_part(runs):
    """Negative control: a part of each batch, as no transaction would have left it."""
    sql = runs.instance.sql
    assert not rebates_wrong(runs, runs.policy) and not statements_wrong(runs) and not close_wrong(runs, runs.period)
    run = sql("INSERT INTO rebate_run (run_no, policy_id, period_from, period_to, inputs_hash, base, amount, due, made_by)"
              " SELECT 'X', policy_id, period_from, period_to, inputs_hash, base, amount, due, made_by FROM rebate_run"
              ' WHERE policy_id = %s LIMIT 1', runs.policy)
    sql('INSERT INTO rebate_line (run_id, party_id, base, measure, tier, amount, paid) SELECT %s, party_id, base, measure, tier, amount,'
        ' paid FROM rebate_line WHERE run_id <> %s AND party_id = %s LIMIT 1', run, run, runs.parties[0])
    assert rebates_wrong(runs, runs.policy)
    made = runs.value('SELECT MIN(reconciliation_id) FROM reconciliation_line WHERE party_id = %s', runs.parties[0])
    sql('INSERT INTO reconciliation (reconciliation_no, party_id, period, issue_no, date_from, date_to, opening, debit, credit, closing,'
        " status) SELECT 'X', party_id, period, 99, date_from, date_to, opening, debit, credit, closing, 'superseded' FROM reconciliation"
        ' WHERE id = %s', made)
    assert statements_wrong(runs)
    sql("UPDATE period_piece SET digest = '' WHERE period = %s LIMIT 1", runs.period)
    assert close_wrong(runs, runs.period)
