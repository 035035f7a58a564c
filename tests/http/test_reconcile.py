"""Monthly statements: made from the books, sent, disputed line by line, signed; letters of auditors."""
import datetime
import hashlib
import pathlib
import subprocess

import pymysql
import pytest
from lxml import etree

from market import TODAY, day, money
from road import Road, number_of
from xiaoao import unique

LAST = TODAY.replace(day=1) - datetime.timedelta(days=1)
PERIOD = f'{LAST:%Y%m}'
PNG = b'\x89PNG\r\n\x1a\n' + b'\0' * 64


class Month(Road):
    """A customer with two invoices of last month, and the people who sign for both sides."""

    def __init__(self, instance):
        super().__init__(instance)
        self.code_ = self.product(price='10.00')
        for n in (128, 72):
            invoice = self.to_issue([(self.code_, n)])
            instance.sql("CALL invoice_issue(%s, '', %s, %s)", invoice, number_of(), LAST)
        instance.sql('UPDATE shipment SET shipped_on = %s WHERE party_id = %s', LAST, self.customer)
        self.accountant = instance.portal(self.customer, 'accountant')
        self.boss = instance.office('finance_manager')
        self.other_boss = instance.office('finance_manager')

    def make(self):
        """The statement of last month, sent; its id and its number in the portal."""
        self.instance.sql('CALL reconcile_make(%s, %s, 1)', PERIOD, self.customer)
        made = self.instance.value('SELECT id FROM reconciliation WHERE party_id = %s AND live_key = 1',
                                   self.customer)
        page = self.finance.get('/reconciliations/view', id=made)
        assert self.finance.act(page, 'issue').status == 303
        return made, self.pid('reconciliation', made)

    def view(self, pid, client=None):
        return (client or self.accountant).get('/reconciliations/view', id=pid)

    def dispute(self, pid, line, client=None, files=None, **fields):
        client = client or self.accountant
        return client.submit(client.get('/reconciliations/dispute', id=pid, line=line), 'dispute', files=files, **{
            'reason': 'qty', 'their_amount': '0.00', 'comment': '到货少 12 盒', **fields})

    def open_dispute(self):
        return self.instance.value('SELECT MAX(id) FROM reconciliation_dispute WHERE party_id = %s', self.customer)

    def answer(self, dispute, client=None, **fields):
        client = client or self.finance
        return client.submit(client.get('/disputes/view', id=dispute), 'dispute-answer',
                             **{'answer': '已核对运单', **fields})

    def balances(self):
        row = self.instance.sql('CALL ageing(%s, 0, %s)', self.customer, day(0))
        row = row[0]
        buckets = sum(row[b] for b in ('not_due', 'd30', 'd60', 'd90', 'd180', 'd365', 'older'))
        assert buckets - row['unallocated'] == row['balance']
        return row['balance']


@pytest.fixture
def month(instance):
    return Month(instance)


def confirm(month, pid):
    return month.accountant.act(month.view(pid), 'confirm')


def test_a_statement_is_made_sent_and_signed(month, instance):
    made, pid = month.make()
    waiting, = month.accountant.get(month.accountant.owes('statements')).rows('reconciliations')
    assert waiting['@href'].endswith(f'id={pid}')
    page = month.view(pid)
    assert [r['debit'] for r in page.rows('reconcile-lines')] == ['1280.00', '720.00']
    assert page.value('closing') == '2000.00'
    html = month.accountant.html('/reconciliations/view', id=pid)
    assert '贰仟元整' in html.text_content()
    to_paper, = html.xpath('//a[contains(@href, "/reconciliations/print")]')
    assert to_paper.get('data-print') is None, 'it leads to the paper, it does not print this page'
    volume = page.rows('reconcile-volumes')
    assert len(volume) == 1 and money(volume[0]['shipped']) == 200
    done = confirm(month, pid)
    assert done.status == 303 and done.page.notices == ['notice.reconcile.confirmed'], done
    assert done.page.one('//p:heading/p:status').text == 'confirmed'
    assert {r['state'] for r in done.page.rows('reconcile-lines')} == {'agreed'}
    assert not done.page.may('confirm') and not done.page.may('dispute')
    assert month.accountant.owes('statements') is None
    row = instance.sql('SELECT * FROM reconciliation WHERE id = %s', made)[0]
    assert row['confirmed_by'] == month.accountant.user['id'] and row['confirmed_from']
    assert row['content_hash'] == instance.value('SELECT reconcile_digest(%s)', made)
    assert instance.value("SELECT COUNT(*) FROM notification WHERE user_id = %s AND kind = 'reconcile.confirmed'",
                          month.finance.user['id']) == 1


def test_what_was_sent_does_not_change(month, instance):
    made, pid = month.make()
    confirm(month, pid)
    for statement in ("UPDATE reconciliation SET closing = closing + 1, debit = debit + 1 WHERE id = %s",
                      "UPDATE reconciliation SET status = 'issued', confirmed_by = NULL WHERE id = %s",
                      "UPDATE reconciliation_line SET debit = debit + 1 WHERE reconciliation_id = %s",
                      "UPDATE reconciliation_line SET state = 'open' WHERE reconciliation_id = %s",
                      "DELETE FROM reconciliation_line WHERE reconciliation_id = %s"):
        with pytest.raises(pymysql.MySQLError):
            instance.sql(statement, made)
    # the books go on; the signed paper stays
    instance.sql("CALL voucher_post(%s, %s, 'opening', 'opening', 1, 'X', NULL, %s, @v)", month.customer, LAST,
                 '[{"account":"1122","party":%d,"debit":"5.00"},{"account":"4104","credit":"5.00"}]' % month.customer)
    instance.sql("INSERT INTO ar_item (party_id, kind, doc_no, biz_date, due_on, amount) VALUES (%s, 'opening', 'X', %s, %s, 5)",
                 month.customer, LAST, LAST)
    assert month.view(pid).value('closing') == '2000.00'


def test_another_hash_is_not_signed(month):
    _, pid = month.make()
    reply = month.accountant.post('/reconciliations/confirm', {'id': pid, 'hash': '0' * 64, '_key': unique()})
    assert reply.status == 422 and reply.page.notices == ['error.reconcile.hash']


def test_a_dispute_blocks_until_an_adjustment_is_approved_by_another(month, instance):
    made, pid = month.make()
    before = month.balances()
    reply = month.dispute(pid, 1, files={'evidence': ('运单.png', PNG, 'image/png')}, their_amount='1160.00')
    assert reply.status == 303 and reply.page.notices == ['notice.reconcile.disputed'], reply
    page = reply.page
    assert page.one('//p:heading/p:status').text == 'disputed'
    assert page.one('//p:action[@rel="confirm"]').get('disabled') == 'reconcile.disputed'
    refused = month.accountant.post('/reconciliations/confirm', {
        'id': pid, 'hash': page.value('content_hash'), '_key': unique()})
    assert refused.status == 422 and refused.page.notices == ['error.reconcile.disputed']

    dispute = month.open_dispute()
    shown = month.finance.get('/disputes/view', id=dispute)
    assert (shown.value('our_amount'), shown.value('their_amount')) == ('1280.00', '1160.00')
    assert month.finance.raw('GET', '/disputes/file', params={'id': dispute}).content == PNG
    assert month.answer(dispute, month.boss, verdict='propose', amount='-120.00').status == 303
    assert month.balances() == before                       # nothing moved yet
    own = month.boss.get('/disputes/view', id=dispute)
    assert own.one('//p:action[@rel="approve"]').get('disabled') == 'approve.own'
    forced = month.boss.post('/disputes/decide', {'id': dispute, 'approve': 1, '_key': unique(),
                                                  'version': instance.value(
        'SELECT version FROM reconciliation_dispute WHERE id = %s', dispute)})
    assert forced.status == 422 and forced.page.notices == ['error.approve.own']
    assert month.other_boss.act(month.other_boss.get('/disputes/view', id=dispute), 'approve').status == 303
    assert month.balances() == before - 120
    assert not [r for r in instance.sql('CALL books_verify()') if r['id'] == month.customer]

    page = month.view(pid)
    assert page.rows('reconcile-lines')[0]['state'] == 'settled'
    assert (page.value('closing'), page.value('agreed')) == ('2000.00', '1880.00')
    assert confirm(month, pid).status == 303
    assert month.status_of('reconciliation', made) == 'confirmed'


def test_a_returned_proposal_is_open_again(month):
    _, pid = month.make()
    month.dispute(pid, 2)
    dispute = month.open_dispute()
    month.answer(dispute, verdict='propose', amount='-720.00')
    month.boss.act(month.boss.get('/disputes/view', id=dispute), 'return')
    assert month.status_of('reconciliation_dispute', dispute) == 'open'
    assert month.answer(dispute, verdict='reject').status == 303
    page = month.view(pid)
    assert page.rows('reconcile-lines')[1]['state'] == 'open' and page.may('confirm')
    assert page.rows('reconcile-differences')[0]['answer'] == '已核对运单'


def test_the_buyer_may_find_that_it_was_right(month):
    _, pid = month.make()
    month.dispute(pid, 1)
    page = month.view(pid)
    assert not page('//p:list[@name="reconcile-lines"]/p:row[@id="1"]/p:action')
    month.accountant.post('/reconciliations/agree', {'id': pid, 'line': 1, '_key': unique()})
    page = month.view(pid)
    assert page.rows('reconcile-lines')[0]['state'] == 'agreed' and page.may('confirm')


@pytest.mark.parametrize('fields, error', [
    ({'their_amount': ''}, ('their_amount', 'required')),
    ({'their_amount': 'viel'}, ('their_amount', None)),
    ({'comment': ''}, ('comment', 'required')),
    ({'reason': 'nonsense'}, ('reason', None)),
])
def test_a_bad_dispute_says_what_is_wrong(month, fields, error):
    _, pid = month.make()
    reply = month.dispute(pid, 1, **fields)
    assert reply.status == 422
    assert any(f == error[0] and (error[1] is None or c == error[1]) for f, c in reply.errors), reply.errors
    kept = reply.page.one('//p:form[@name="dispute"]/p:field[@name="comment"]')
    assert (kept.findtext('{urn:xiaoao:page:1}value') or '') == fields.get('comment', '到货少 12 盒')


def test_a_program_is_no_evidence(month, instance):
    _, pid = month.make()
    reply = month.dispute(pid, 1, files={'evidence': ('a.png', b'MZ\x90\0', 'image/png')})
    assert reply.status == 422 and ('evidence', 'attachment.type') in reply.errors
    assert instance.value('SELECT COUNT(*) FROM reconciliation_dispute WHERE party_id = %s', month.customer) == 0


def test_nobody_elses_statement(month, instance):
    made, pid = month.make()
    month.dispute(pid, 1)
    stranger = instance.portal(month.new_customer(), 'company_admin')
    for path in (f'/reconciliations/view?id={pid}', f'/reconciliations/print?id={pid}',
                 f'/reconciliations/dispute?id={pid}&line=1'):
        assert stranger.fetch(path).status == 404, path
    for path, fields in (('agree', {'line': 1}), ('confirm', {'hash': '0' * 64}),
                         ('dispute', {'line': 1, 'reason': 'qty', 'their_amount': '1', 'comment': 'x'})):
        assert stranger.post(f'/reconciliations/{path}', {'id': pid, '_key': unique(), **fields}).status == 404, path
    assert month.view(pid).rows('reconcile-lines')[0]['state'] == 'disputed'
    rep = instance.office('sales_rep')          # of another department
    assert rep.fetch(f'/reconciliations/view?id={made}').status == 404
    assert rep.fetch(f'/disputes/view?id={month.open_dispute()}').status == 404


def test_a_draft_is_not_seen_by_the_customer(month, instance):
    instance.sql('CALL reconcile_make(%s, %s, 1)', PERIOD, month.customer)
    assert month.accountant.get('/reconciliations/').rows('reconciliations') == []
    pid = instance.value('SELECT pid FROM reconciliation WHERE party_id = %s', month.customer)
    assert month.accountant.fetch('/reconciliations/view', id=pid).status == 404


def test_a_month_is_made_once_and_again_only_before_it_is_signed(month, instance):
    made, pid = month.make()
    instance.sql('CALL reconcile_make(%s, %s, 1)', PERIOD, month.customer)
    assert instance.value('SELECT COUNT(*) FROM reconciliation WHERE party_id = %s', month.customer) == 1
    reply = month.finance.act(month.finance.get('/reconciliations/view', id=made), 'again')
    assert reply.status == 303 and reply.page.value('reconciliation_no').endswith('-2')
    assert month.status_of('reconciliation', made) == 'superseded'
    assert not month.view(pid).may('confirm')           # still to be read
    with pytest.raises(pymysql.MySQLError, match='reconcile.early'):
        instance.sql('CALL reconcile_make(%s, 0, 1)', f'{TODAY:%Y%m}')


def test_lists_export_what_they_show(month):
    made, _ = month.make()
    text = month.finance.raw('GET', '/reconciliations/view', params={'id': made, 'format': 'csv'}).content.decode('utf-8-sig')
    assert len(text.strip().split('\n')) == 3 and '1280.00' in text
    text = month.finance.raw('GET', '/reconciliations/view', params={'id': made, 'format': 'csv', 'list': 'volume'})
    assert '200' in text.content.decode('utf-8-sig')
    printed = month.finance.get('/reconciliations/print', id=made)
    assert printed.root.get('paper') == 'portrait' and printed('//p:record[@kind="seals"]')


class TestLetters:
    def sent(self, month, **fields):
        reply = month.finance.submit('/letters/new', 'letter', **{
            'party': month.code(), 'as_of': LAST, 'kind': 'positive', 'auditor': '某会计师事务所',
            'auditor_contact': '审计部', 'due_on': day(10), **fields})
        assert reply.status == 303, reply
        assert month.finance.act(reply.page, 'send').status == 303
        made = month.instance.value('SELECT MAX(id) FROM confirmation_letter WHERE party_id = %s', month.customer)
        return made, month.pid('confirmation_letter', made)

    def test_the_answer_is_the_auditors(self, month, instance):
        made, pid = self.sent(month)
        page = month.accountant.get('/letters/view', id=pid)
        assert page.value('balance') == '2000.00' and month.accountant.owes('letters') == '/letters/'
        reply = month.accountant.submit(page, 'letter-reply', answer='disagreed', their_balance='1880.00',
                                        reply='少计退货 120.00')
        assert reply.status == 303 and month.accountant.owes('letters') is None, reply
        ours = month.finance.get('/letters/view', id=made)
        assert ours.one('//p:heading/p:status').text == 'replied' and '1880.00' not in ours.texts('//p:money')
        assert '少计退货' not in month.finance.raw('GET', f'/letters/view?id={made}').text
        auditor = instance.office('auditor').get('/letters/view', id=made)
        assert auditor.value('their_balance') == '1880.00' and auditor.value('difference') == '-120.00'
        again = month.accountant.post('/letters/reply', {'id': pid, 'answer': 'agreed', '_key': unique()})
        assert again.status == 409

    def test_a_no_says_how_much_and_why(self, month):
        _, pid = self.sent(month)
        reply = month.accountant.submit(f'/letters/view?id={pid}', 'letter-reply', answer='disagreed')
        assert reply.status == 422 and reply.errors[0] == ('their_balance', 'required')

    def test_it_is_read_only_once_sent(self, month, instance):
        made, _ = self.sent(month)
        with pytest.raises(pymysql.MySQLError, match='append-only'):
            instance.sql('UPDATE confirmation_letter SET balance = 1 WHERE id = %s', made)
        stranger = instance.portal(month.new_customer(), 'company_admin')
        assert stranger.fetch('/letters/view', id=month.pid('confirmation_letter', made)).status == 404

    def test_bad_input(self, month):
        reply = month.finance.submit('/letters/new', 'letter', party='nobody', as_of=day(3), kind='positive',
                                     auditor='A', auditor_contact='B', due_on=day(3))
        assert ('party', 'party.unknown') in reply.errors
        reply = month.finance.submit('/letters/new', 'letter', party=month.code(), as_of=day(3), kind='positive',
                                     auditor='A', auditor_contact='B', due_on=day(5))
        assert ('as_of', 'date.future') in reply.errors


# ---- the file of a signed statement

TOP = pathlib.Path(__file__).resolve().parents[2]
LINE = {'account': ('no', 'section', 'date', 'kind', 'document', 'debit', 'credit', 'balance', *[''] * 6),
        'volume': ('no', 'section', *[''] * 6, 'product', 'shipped', 'returned', 'purchased', 'pure-sale', 'stock')}


def hash_of(root):
    """By the method that statement.rnc tells, from the file alone."""
    lines = ''
    for section, names in LINE.items():
        for line in root.find(f'{{*}}{section}'):
            values = [section if n == 'section' else line.get(n, '') if n else '' for n in names]
            lines += hashlib.sha1('|'.join(values).encode()).hexdigest()
    head = [root.get(n) for n in ('no', 'customer', 'from', 'to', 'opening', 'debit', 'credit', 'closing')]
    return hashlib.sha256('|'.join(head + ([lines] if lines else [])).encode()).hexdigest()


@pytest.fixture(scope='module')
def statement_schema(tmp_path_factory):
    rng = tmp_path_factory.mktemp('schema') / 'statement.rng'
    subprocess.run(['trang', TOP / 'xslt/schema/statement.rnc', rng], check=True)
    return etree.RelaxNG(etree.parse(str(rng)))


def file_of(client, page):
    reply = client.fetch(page.one('//p:heading/p:link[@rel="xml"]').get('href'))
    assert reply.response.headers['Content-Type'].startswith('application/xml')
    return etree.fromstring(reply.response.content)


def test_the_file_of_a_statement_is_by_its_schema_and_proves_itself(month, statement_schema):
    made, pid = month.make()
    issued = file_of(month.accountant, month.view(pid))
    assert statement_schema.validate(issued), statement_schema.error_log
    assert issued.find('{*}signed') is None and len(issued.find('{*}account')) == 2 and len(issued.find('{*}volume')) == 1
    assert issued.get('hash') == hash_of(issued)
    assert confirm(month, pid).status == 303
    signed = file_of(month.accountant, month.view(pid))
    ours = file_of(month.finance, month.finance.get('/reconciliations/view', id=made))
    for root in (signed, ours):
        assert statement_schema.validate(root), statement_schema.error_log
        assert root.get('hash') == hash_of(root) == issued.get('hash') and root.get('status') == 'confirmed'
        assert root.find('{*}signed').get('by') and root.find('{*}signed').get('at')
    for path, name in (('.', 'closing'), ('{*}account/{*}line', 'debit'), ('{*}volume/{*}line', 'shipped')):
        forged = etree.fromstring(etree.tostring(signed))
        forged.find(path).set(name, '1.00')
        assert hash_of(forged) != signed.get('hash'), name
    signed.set('closing', '2,000')
    assert not statement_schema.validate(signed)


def test_a_draft_has_no_file_and_a_stranger_gets_none(month, instance):
    instance.sql('CALL reconcile_make(%s, %s, 1)', PERIOD, month.customer)
    made = instance.value('SELECT id FROM reconciliation WHERE party_id = %s AND live_key = 1', month.customer)
    page = month.finance.get('/reconciliations/view', id=made)
    assert not page('//p:heading/p:link[@rel="xml"]') and month.finance.fetch(f'/reconciliations/xml?id={made}').status == 404
    assert month.finance.act(page, 'issue').status == 303
    stranger = instance.portal(month.new_customer(), 'accountant')
    assert stranger.fetch(f"/reconciliations/xml?id={month.pid('reconciliation', made)}").status == 404
