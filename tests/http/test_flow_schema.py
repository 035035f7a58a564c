"""The importer and xslt/schema/flow.rnc say the same: documents made by the schema are taken, documents that break it in
one place are refused with a reason. The schema itself is the judge of both."""
import copy
import random
import subprocess

import pytest
from lxml import etree

from flowbed import FlowBed, day
from test_api import Machine, key_row, new_key
from xiaoao import TOP, unique, wait_for

DAYS, NUMBERS = 'order_date produce_date expiry_date', 'pack_factor unit_price opening_qty in_qty out_qty closing_qty'
WHAT = {'must': 'biz_date product_name spec unit qty',
        'may': 'product_code manufacturer approval_no produce_date distributor_name dosage_form pack_factor remark'}
TRADED = {'must': WHAT['must'] + ' counterparty_name',
          'may': WHAT['may'] + ' batch_no expiry_date unit_price tax_rate doc_no doc_type order_date counterparty_code'
                               ' counterparty_uscc'}
KINDS = {'purchase': TRADED, 'sale': {**TRADED, 'may': TRADED['may'] + ' counterparty_address salesman'},
         'stock': {'must': WHAT['must'] + ' batch_no expiry_date',
                   'may': WHAT['may'] + ' stock_status warehouse opening_qty in_qty out_qty closing_qty'}}


@pytest.fixture(scope='module')
def schema(tmp_path_factory):
    rng = tmp_path_factory.mktemp('schema') / 'flow.rng'
    subprocess.run(['trang', TOP / 'xslt/schema/flow.rnc', rng], check=True)
    return etree.RelaxNG(etree.parse(str(rng)))


def value(name, luck):
    if name == 'biz_date':
        return day(luck.randint(1, 28))
    if name in DAYS.split():
        return '20%d-0%d-1%d' % (luck.randint(20, 29), luck.randint(1, 9), luck.randint(0, 9))
    if name == 'qty':
        return luck.choice(['10', '2.5', '0.0001', '120'])
    if name in NUMBERS.split():
        return luck.choice(['12', '0.5', '3.1400', '100'])
    return {'unit': '盒', 'tax_rate': '13%', 'counterparty_uscc': ''}.get(name, unique(luck.choice(['甲', 'A&B <', '阿莫西林', '"x"'])))


def document(kind, luck, rows=3):
    root = etree.Element('flow-report', kind=kind, **{'from': day(1), 'to': day(28)})
    for _ in range(rows):
        names = KINDS[kind]['must'].split() + [n for n in KINDS[kind]['may'].split() if luck.random() < 0.4]
        luck.shuffle(names)
        row = etree.SubElement(root, 'row')
        for name in names:
            etree.SubElement(row, name).text = value(name, luck)
    return root


def field(name, text):
    """A change of that field of the second row, put there when it is not."""
    def change(root):
        found = root[1].find(name)
        (etree.SubElement(root[1], name) if found is None else found).text = text
    return change


def without(name):
    return lambda root: root[1].remove(root[1].find(name))


def added(name, where=lambda root: root[1], text='x', **attributes):
    def change(root):
        etree.SubElement(where(root), name, **attributes).text = text
    return change


def attribute(name, text, where=lambda root: root):
    def change(root):
        where(root).set(name, text)
    return change


def loose(where):
    def change(root):
        where(root).tail = 'und'
    return change


def renamed(where, name):
    def change(root):
        where(root).tag = name
    return change


ROW, FIELD = (lambda root: root[1]), (lambda root: root[1].find('spec'))
BREAKS = {
    'an element of no schema': added('vat'), 'an element twice': added('spec'), 'an element twice, first empty': lambda root: (
        field('remark', '')(root), added('remark')(root)),
    'a nested element': added('b', FIELD), 'a field beside the rows': added('qty', lambda root: root, '3'),
    'a row of another name': renamed(ROW, 'line'), 'a field in another namespace': renamed(FIELD, '{urn:x}spec'),
    'a row in another namespace': renamed(ROW, '{urn:x}row'), 'text beside rows': loose(ROW), 'text beside fields': loose(FIELD),
    'an attribute of a row': attribute('id', '1', ROW), 'an attribute of a field': attribute('unit', 'x', FIELD),
    'a root attribute of no schema': attribute('sender', 'C1'), 'a day that is none': attribute('from', '2026-13-01'),
    'a root of another name': renamed(lambda root: root, 'flow'), 'a root in another namespace': renamed(
        lambda root: root, '{urn:x}flow-report'),
    'a kind of no schema': attribute('kind', 'gift'), 'no product': without('product_name'), 'no quantity': without('qty'),
    'no unit': without('unit'), 'no spec': without('spec'), 'no day': without('biz_date'), 'an empty spec': field('spec', ''),
    'a day with slashes': field('biz_date', day(3).replace('-', '/')), 'a day with a time': field('biz_date', day(3) + ' 10:00'),
    'a day that is none at all': field('produce_date', '2026-02-30'), 'thousands': field('qty', '1,000'),
    'a decimal comma': field('pack_factor', '1,5'), 'a currency sign': field('qty', '¥3'), 'full width': field('qty', '３'),
    'a word for a number': field('qty', '十'), 'an exponent': field('qty', '1e3'),
}
OF_A_KIND = {
    'sale': {'a count in sales': field('closing_qty', '3'), 'no buyer': without('counterparty_name'),
             'an amount with a sign': field('amount', '¥3.00'), 'a price with commas': field('unit_price', '1,000')},
    'purchase': {'an address in purchases': field('counterparty_address', '东路'),
                 'a salesman in purchases': field('salesman', '张三'), 'no seller': without('counterparty_name')},
    'stock': {'a buyer in stock': field('counterparty_name', '医院'), 'no lot': without('batch_no'), 'no expiry': without('expiry_date'),
              'a price in stock': field('unit_price', '3')},
}


class Desk:
    """Posts as an ERP and tells what became of it: taken, or refused and why."""

    def __init__(self, instance):
        self.bed = FlowBed(instance)
        key = new_key()
        key_row(self.bed, key, minute_at='2000-01-01')
        self.machine, self.instance, self.key = Machine(self.bed, key), instance, key

    def send(self, root):
        self.instance.sql('UPDATE api_key SET minute_count = 0 WHERE party_id = %s', self.bed.party)
        reply = self.machine.send(etree.tostring(root, encoding='utf-8', xml_declaration=True), '/uploads/', 'application/xml')
        if reply.status == 422:
            assert reply.page.notices, reply.response.text
            return ','.join(reply.page.notices)
        assert reply.status == 202, reply.response.text
        return int(reply.location.split('=')[1])

    def verdict(self, sent):
        if isinstance(sent, str):
            return 'refused', sent
        file = wait_for(lambda: next((f for f in [self.bed.row(sent)] if f['status'] in (
            'checked', 'mapping', 'failed', 'imported', 'superseded')), None), 60)
        if file['status'] == 'failed':
            return 'refused', file['error']
        if file['status'] in ('imported', 'superseded'):
            return 'taken', ''
        issues = self.instance.sql("SELECT issues FROM flow_reject WHERE file_id = %s AND severity = 'error'", file['id'])
        assert file['rows_bad'] == len(issues) > 0, file
        return 'refused', ' '.join(r['issues'] for r in issues)


@pytest.mark.parametrize('kind', KINDS)
def test_documents_by_the_schema_are_taken(instance, schema, kind):
    luck, desk = random.Random(f'valid {kind}'), Desk(instance)
    made = [document(kind, luck, luck.randint(1, 5)) for _ in range(8)]
    for root in made:
        assert schema.validate(root), schema.error_log
    sent = [desk.send(root) for root in made]
    assert [desk.verdict(s) for s in sent] == [('taken', '')] * len(made)


@pytest.mark.parametrize('kind', KINDS)
def test_documents_that_break_the_schema_are_refused_with_a_reason(instance, schema, kind):
    luck, desk = random.Random(f'broken {kind}'), Desk(instance)
    sent = {}
    for name, change in {**BREAKS, **OF_A_KIND[kind]}.items():
        root = document(kind, luck)
        assert schema.validate(root), schema.error_log
        change(root)
        broken = etree.fromstring(etree.tostring(copy.deepcopy(root)))
        assert not schema.validate(broken), f'{name} is valid by the schema'
        sent[name] = desk.send(broken)
    verdicts = {name: desk.verdict(s) for name, s in sent.items()}
    assert {n: v for n, v in verdicts.items() if v[0] != 'refused' or not v[1]} == {}
    assert instance.value("SELECT COUNT(*) FROM flow_file WHERE party_id = %s AND status = 'imported'", desk.bed.party) == 0
