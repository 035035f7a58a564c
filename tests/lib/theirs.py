"""A customer with one of everything, and what it is called at each site."""
from market import day
from road import Road
from sqlkinds import Kinds
from xiaoao import PNG, unique


class Root:
    """The administrator, as Kinds asks him."""

    def __init__(self, instance):
        self.query, self.value = instance.sql, instance.value


class Theirs(Road):
    """A customer with one of everything."""

    def __init__(self, instance, kinds=Kinds, mark=None):
        super().__init__(instance)
        self.mark = mark or '墙外' + unique('秘密')
        code = self.product(price='10.00')
        self.insert('price_tier', price_list_id=self.list, product_id=self.product_id(code), price='9.00', min_qty=500)
        shipment = self.shipped([(code, 40)])
        order = self.order_of(shipment)
        invoice = self.to_issue(order)
        self.good(self.issue(invoice))
        receipt = self.posted('100.00')
        self.allocate(receipt)
        arrived = self.shipped([(code, 30)])
        self.good(self.arrive(arrived, files={'photo': ('a.png', PNG, 'image/png')}))
        waiting = self.order([(code, 10)], note=self.mark)
        user, rep = self.buyer.user['id'], self.rep.user['id']
        self.kinds = kinds(Root(instance), self.customer, user, self.mark)
        ids, inner = self.kinds.ids, self.kinds.inner
        instance.sql('UPDATE quotation SET rep_id = %s, org_unit_id = %s WHERE party_id = %s', rep, self.unit, self.customer)
        branch = self.insert('party', code=unique('BR')[:20], name='一家分店', parent_id=self.customer)
        terminal = instance.value('SELECT id FROM party WHERE code = %s', ids['terminal'])
        instance.sql("UPDATE party SET name = '一家医院', short_name = NULL WHERE id = %s", terminal)     # who is no customer, all of us know
        self.kinds.of_staff(self.customer, rep, terminal)
        address = self.insert('party_address', party_id=self.customer, name=self.mark, contact=self.mark, phone='1', address=self.mark)
        back = self.kinds.filled('return_order', party_id=self.customer, order_id=order, shipment_id=shipment, return_no=unique('TH'), origin='portal',
                                 status='waiting', reason='other', made_by=user, decided_by=None, received_on=None, place=None, closed_at=None)
        paper = self.kinds.filled('attachment', token=unique('').rjust(32, 'a')[-32:], party_id=self.customer, owner_kind='order', owner_id=waiting,
                                  media_type='application/pdf', content=self.mark.encode(), sha256=b'0' * 32, size=1)
        for table, column in (('flow_correction', 'attachment_id'), ('flow_case', 'attachment_id'), ('reconciliation_dispute', 'attachment_id'),
                              ('party_licence', 'attachment_id'), ('return_order', 'photo_id')):
            instance.sql(f'UPDATE {table} SET {column} = %s WHERE party_id = %s', paper, self.customer)
        listed = self.insert('saved_list', party_id=self.customer, name=self.mark)
        self.portal_ids = {
            **ids, 'order': self.pid('sales_order', waiting), 'shipment': self.pid('shipment', shipment), 'arrived': self.pid('shipment', arrived), 'invoice': self.pid('invoice', invoice),
            'return': self.pid('return_order', back), 'branch': branch, 'address': address, 'user': user, 'list': listed,
            'file': instance.value('SELECT token FROM attachment WHERE id = %s', paper), 'session': self.session(self.buyer)}
        mine = {'notification': self.kinds.filled('notification', user_id=rep, kind='order.approved', href='/orders/', read_at=None),
                'copy': self.kinds.filled('approval_event', user_id=rep, kind='copied', made_by=self.manager.user['id'], step_id=None, approval_id=instance.value(
                    "SELECT MAX(id) FROM approval WHERE subject = 'order' AND subject_id = %s", waiting))}
        self.office_ids = {
            **{t: inner(t) for t in dict.fromkeys(t for t, _, _ in self.kinds.made)}, **mine, 'party': self.customer, 'terminal': terminal,
            'quotation': self.insert('quotation', party_id=self.customer, quote_no=unique('BJ')[:32], rep_id=rep, org_unit_id=self.unit,
                                     valid_until=day(9), note=self.mark, created_by=rep),
            'sales_order': waiting, 'shipment': shipment, 'arrived': arrived, 'invoice': invoice, 'receipt': receipt, 'user': user, 'address': address, 'row': ids['row'],
            'line': ids['line'], 'step': self.step(waiting), 'return_order': back, 'session': self.session(self.rep),
            'allocation': instance.value('SELECT MIN(a.id) FROM allocation a WHERE a.receipt_id = %s', receipt),
            'flow_name': inner('flow_candidate'),
            'flow_balance': instance.value('SELECT id FROM flow_balance WHERE party_id = %s', self.customer)}

    def views(self, site, program, at):
        """A list that a user keeps there."""
        ids, user = (self.office_ids, self.rep) if site == 'office' else (self.portal_ids, self.buyer)
        kind = 'views of ' + program
        if kind not in ids:
            ids[kind] = self.kinds.filled('saved_view', user_id=user.user['id'], page=f'{site}.{program}{at}', name=(self.mark + program)[:40], query='q=x')

    def product_id(self, code):
        return self.instance.value('SELECT id FROM product WHERE code = %s', code)

    def session(self, client):
        return self.instance.value('SELECT MAX(id) FROM session WHERE user_id = %s', client.user['id'])
