"""A department with its staff, a customer with prices and licences, and products in stock:
made anew for a test, beside the demo company."""
import decimal

from today import TODAY, day     # noqa: F401 (for who uses a market)
from xiaoao import unique


class Market:
    def __init__(self, instance):
        self.instance = instance
        self.unit = self.insert('org_unit', code=unique('U')[:20], name='测试大区',
                                parent_id=instance.value('SELECT MIN(id) FROM org_unit'))
        self.warehouse = instance.value("SELECT MIN(id) FROM warehouse WHERE kind = 'normal'")
        self.rep = instance.office('sales_rep', org_unit_id=self.unit)
        self.manager = instance.office('sales_manager', org_unit_id=self.unit)
        self.customer = self.new_customer()
        self.list = self.insert('price_list', code=unique('L')[:20], name='测试价', scope='customer',
                                party_id=self.customer, valid_from=day(-400), status='active')

    def insert(self, table, **values):
        return self.instance.sql('INSERT INTO %s (%s) VALUES (%s)' % (
            table, ', '.join(values), ', '.join(['%s'] * len(values))), *values.values())

    def new_customer(self, limit='1000000', licensed=True, rep=None, **values):
        code = unique('C')[:20]
        made = self.insert('party', code=code, name='测试客户 ' + code)
        rep = rep or self.rep
        self.insert('customer', party_id=made, buyer_role='distributor', credit_limit=limit,
                    rep_id=rep.user['id'], org_unit_id=rep.user['org_unit_id'], **values)
        self.insert('party_address', party_id=made, name='仓库', contact='张三', phone='13800000000',
                    address='东路 1 号', is_default=1)
        if licensed:
            self.license(made)
        return made

    def license(self, party, expires=365):
        for row in self.instance.sql(
                'SELECT q.kind, k.scoped FROM licence_requirement q'
                ' JOIN licence_kind k ON k.kind = q.kind JOIN customer c'
                ' ON c.buyer_role = q.buyer_role WHERE c.party_id = %s', party):
            made = self.insert('party_licence', party_id=party, kind=row['kind'],
                               number=unique('N'), issued_on=day(-700), expires_on=day(expires),
                               status='approved')
            if row['scoped']:
                self.insert('party_licence_scope', licence_id=made, scope='chemical')

    def product(self, price='10.00', stock=100000, **values):
        """A product the customer may buy; its code."""
        code = unique('P')[:20]
        made = self.insert('product', **{
            'code': code, 'generic_name': '测试药 ' + code, 'dosage_form': '片剂', 'strength': '5mg',
            'pack_spec': '5mg*24片/盒', 'unit': '盒', 'case_qty': 100,
            'approval_no': '国药准字H20200001', **values})
        if price is not None:
            self.insert('price_tier', price_list_id=self.list, product_id=made, price=price)
        if stock:
            lot = self.insert('lot', product_id=made, lot_no=unique('B'), produced_on=day(-100),
                              expires_on=day(500), status='released')
            self.instance.sql("CALL stock_move(%s, %s, %s, 'opening', 'opening', 1, %s, NULL)",
                              self.warehouse, lot, stock, day(0))
        return code

    def code(self, party=None):
        return self.instance.value('SELECT code FROM party WHERE id = %s', party or self.customer)

    def enter(self, lines, client=None, then='submit', party=None, **fields):
        """Writes an order of (code, quantity) or (code, quantity, price); the reply."""
        data = {'party': self.code(party), 'then': then, **fields}
        for i, line in enumerate(lines, 1):
            data[f'code.{i}'], data[f'qty.{i}'] = line[0], line[1]
            if len(line) > 2:
                data[f'price.{i}'] = line[2]
        return (client or self.rep).submit('/entry/', 'order-entry', **data)

    def order(self, lines, **more):
        """The id of an order that was accepted."""
        reply = self.enter(lines, **more)
        assert reply.status == 303, (reply, reply.errors)
        return int(reply.location.rsplit('=', 1)[1])

    def status(self, order):
        return self.instance.value('SELECT status FROM sales_order WHERE id = %s', order)

    def step(self, order):
        """The first open step of its approval."""
        return self.instance.value(
            "SELECT MIN(s.id) FROM approval a JOIN approval_step s ON s.approval_id = a.id"
            " WHERE a.subject = 'order' AND a.subject_id = %s AND s.status = 'open'", order)

    def decide(self, order, decision='approve', client=None, step=None, **fields):
        """What the form of the inbox sends."""
        client = client or self.manager
        page = client.get('/approvals/', open=step or self.step(order))
        rel = {'add': 'add-signer'}.get(decision, decision)
        return client.submit(page, 'decision', action=rel, **fields)

    def approved(self, lines, **more):
        order = self.order(lines, **more)
        reply = self.decide(order)
        assert reply.status == 303, (reply, reply.errors)
        assert self.status(order) in ('approved', 'picking'), self.status(order)
        return order


def money(text):
    return decimal.Decimal(text or '0')
