"""Quick order and orders of a distributor: what is typed, pasted, uploaded; one order for one intention."""
import io
import re
import secrets
import zipfile

import pytest



def grid(*lines, **more):
    """Fields of rows (code, quantity)."""
    data = dict(more)
    for i, (code, qty) in enumerate(lines, 1):
        data[f'code.{i}'], data[f'qty.{i}'] = code, qty
    return data


def check(buyer, *lines, files=None, **more):
    page = buyer.get('/entry/')
    return buyer.post('/entry/check', {**grid(*lines), **more}, files=files)


def rows(page):
    """The rows of the grid that hold something: (code, product, quantity, price, amount, errors)."""
    out = []
    for row in page('//p:grid/p:row[p:field[1]/p:value]'):
        value = lambda path: ''.join(row.xpath(path, namespaces={'p': 'urn:xiaoao:page:1'}))  # noqa: E731
        out.append((value('p:field[1]/p:value/text()'), value('p:text[@name="product"]/text()'),
                    value('p:field[starts-with(@name, "qty.")]/p:value/text()'),
                    value('p:price/text()'), value('p:money[@name="amount"]/text()'),
                    row.xpath('.//p:error/@code', namespaces={'p': 'urn:xiaoao:page:1'})))
    return out


def draft(buyer, *lines, then='save', **more):
    return buyer.submit('/entry/', 'quick', then=then, **grid(*lines), **more)


def submit(buyer, *lines, **more):
    """Checked and then submitted at the total that was shown."""
    page = check(buyer, *lines).page
    return buyer.submit(page, 'quick', then='submit', **more)


def workbook(*table):
    """A small XLSX with inline strings."""
    def cell(v):
        return f'<c><v>{v}</v></c>' if isinstance(v, int) else \
            f'<c t="inlineStr"><is><t>{v}</t></is></c>'
    sheet = ''.join('<row>' + ''.join(map(cell, r)) + '</row>' for r in table)
    main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    package = 'http://schemas.openxmlformats.org/package/2006/'
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', f'<Types xmlns="{package}content-types">'
                   '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                   '<Default Extension="xml" ContentType="application/xml"/>'
                   '<Override PartName="/xl/workbook.xml" ContentType='
                   '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>')
        z.writestr('_rels/.rels', f'<Relationships xmlns="{package}relationships"><Relationship Id="r1" '
                   f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        z.writestr('xl/workbook.xml', f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
                   '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>')
        z.writestr('xl/_rels/workbook.xml.rels', f'<Relationships xmlns="{package}relationships">'
                   f'<Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr('xl/worksheets/sheet1.xml', f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>')
    return out.getvalue()


class TestGrid:
    def test_a_row_is_judged(self, market, buyer):
        code = market.product(price='12.5', qty_multiple=40, min_qty=80)
        page = check(buyer, (code, 120)).page
        assert rows(page) == [(code, '测试药 ' + code, '120', '12.5000', '1500.00', [])]
        assert page.value('total') == '1500.00'
        assert page.value('credit_left') == '998500.00'

    def test_an_unknown_code_keeps_its_text_and_is_no_suggestion(self, market, buyer):
        code = market.product()
        reply = check(buyer, (code[:-1], 10), (code, 10))
        assert rows(reply.page)[0] == (code[:-1], '', '10', '', '', ['code.unknown'])
        assert rows(reply.page)[1][5] == []
        saved = draft(buyer, (code[:-1], 10))
        assert saved.status == 422 and ('code.1', 'code.unknown') in saved.errors
        assert rows(saved.page)[0][0] == code[:-1]

    def test_an_exact_code_wins_over_one_that_begins_so(self, market, buyer):
        code = market.product()
        market.insert('product', code=code + '0', generic_name='另一种', dosage_form='片剂',
                      strength='5mg', pack_spec='x', unit='盒', case_qty=1,
                      approval_no='国药准字H20200009')
        assert rows(check(buyer, (code, 1)).page)[0][1] == '测试药 ' + code
        options = buyer.get('/suggest/products', **{'code.3': code})('//p:option/@value')
        assert options[0] == code

    def test_packs_and_minimum_say_what_would_do(self, market, buyer):
        code = market.product(qty_multiple=40, min_qty=80)
        page = check(buyer, (code, 810)).page
        assert rows(page)[0][5] == ['qty.multiple']
        assert page.texts('//p:error/p:text') == ['40', '800', '840']
        assert rows(check(buyer, (code, 40)).page)[0][5] == ['qty.low']

    @pytest.mark.parametrize('qty, error', [('ten', 'qty.number'), ('1.5', 'qty.number'),
                                            ('-5', 'qty.number'), ('0', 'qty.zero'),
                                            ('9999999999', 'qty.large'), ('1,2', 'qty.number')])
    def test_a_quantity_that_is_none(self, market, buyer, qty, error):
        assert rows(check(buyer, (market.product(), qty)).page)[0][5] == [error]

    @pytest.mark.parametrize('qty', ['1,200', '1200.00', '01200'])
    def test_a_quantity_as_spreadsheets_write_it(self, market, buyer, qty):
        assert rows(check(buyer, (market.product(), qty)).page)[0][2] == '1200'

    def test_the_same_product_twice_is_added_up(self, market, buyer):
        code, other = market.product(), market.product()
        page = check(buyer, (code, 10), (other, 5), (code, 30)).page
        assert [(r[0], r[2]) for r in rows(page)] == [(code, '40'), (other, '5')]
        assert 'notice.entry.merged' in page.notices

    def test_pasted_lines(self, market, buyer):
        code, other = market.product(), market.product()
        page = check(buyer, (code, 10), paste=f'{other}\t20\nNO-SUCH 30\n').page
        assert [(r[0], r[2], r[5]) for r in rows(page)] == [
            (code, '10', []), (other, '20', []), ('NO-SUCH', '30', ['code.unknown'])]

    def test_pasted_lines_take_the_empty_rows(self, market, buyer):
        codes = [market.product() for _ in range(4)]
        page = check(buyer, (codes[0], 1), ('', ''), (codes[1], 2), ('', ''), ('', ''),
                     paste=f'{codes[2]} 3\n{codes[3]} 4').page
        numbers = page('//p:grid/p:row/@id')
        assert numbers == sorted(set(numbers), key=int) and numbers[:5] == list('12345')
        assert [r[0] for r in rows(page)] == codes

    def test_what_was_pasted_is_pasted_once(self, market, buyer):
        page = check(buyer, paste=f'{market.product()} 3\nNO-SUCH 4').page
        again = buyer.submit(page, 'quick', 'order.check')
        assert [r[0] for r in rows(again.page)] == [r[0] for r in rows(page)]

    @pytest.mark.parametrize('heads', [('产品编码', '产品', '订购数量（盒）', '备注'),
                                       ('Product code', 'Name', 'Qty', 'Note')])
    def test_an_uploaded_workbook(self, market, buyer, heads):
        code, other = market.product(), market.product()
        book = workbook(heads, (code, 'x', 20, 'urgent'), (other, 'y', '', ''), ('NO-SUCH', '', 5, ''))
        page = check(buyer, files={'file': ('o.xlsx', book)}).page
        assert [(r[0], r[2], r[5]) for r in rows(page)] == [
            (code, '20', []), ('NO-SUCH', '5', ['code.unknown'])]
        assert page.texts('//p:field[@name="line_note.1"]/p:value') == ['urgent']

    def test_an_uploaded_text(self, market, buyer):
        code = market.product()
        page = check(buyer, files={'file': ('o.csv', f'{code},30\n'.encode())}).page
        assert rows(page)[0][:3] == (code, '测试药 ' + code, '30')
        page = check(buyer, files={'file': ('o.csv', f'编码,名称\n{code},x\n'.encode('gb18030'))}).page
        assert page.errors == [('file', 'lines.no_qty')]
        page = check(buyer, files={'file': ('o.xlsx', b'%PDF-1.4 x')}).page
        assert page.errors == [('file', 'file.not_table')]

    def test_the_sheet_to_fill_in_comes_back(self, market, buyer):
        code = market.product(price='7.25')
        text = buyer.raw('GET', '/catalogue/template', params={'format': 'csv'}).content.decode('utf-8-sig')
        lines = [line.split(',') for line in text.splitlines()]
        mine = next(line for line in lines if line[0] == code)
        mine[5] = '60'
        again = '\n'.join(','.join(line) for line in lines).encode()
        page = check(buyer, files={'file': ('o.csv', again)}).page
        assert [(r[0], r[2]) for r in rows(page)] == [(code, '60')]

    def test_a_row_removed_and_rows_left_empty(self, market, buyer):
        code, other = market.product(), market.product()
        page = check(buyer, (code, 10), ('', ''), (other, 5), drop='1').page
        assert [r[0] for r in rows(page)] == [other]
        assert page('//p:grid/p:row/@id')[:2] == ['2', '3']

    def test_what_is_not_mine_to_see_is_unknown(self, instance, market, buyer):
        code = market.product()
        instance.sql('INSERT INTO product_visibility (product_id, scope, party_id, effect)'
                     " SELECT id, 'customer', %s, 'deny' FROM product WHERE code = %s",
                     market.customer, code)
        assert rows(check(buyer, (code, 10)).page)[0][1:6] == ('', '10', '', '', ['code.unknown'])

    def test_unknown_fields_are_refused(self, buyer):
        assert buyer.post('/entry/check', {'price.1': '0.01'}).status == 400
        assert buyer.post('/entry/save', {'party_id': '1'}).status == 400
        assert buyer.fetch('/orders/', nonsense='1').status == 400


class TestDraftAndOrder:
    def test_a_draft_survives_signing_out(self, instance, market, buyer):
        code = market.product()
        reply = draft(buyer, (code, 30), po_no='PO-77', note='请附检验报告')
        assert reply.status == 303 and reply.location.startswith('/entry/?id=')
        again = instance.client('portal').become(buyer.user)
        assert reply.location.split('=')[1] in ''.join(again.get('/entry/')('//p:list/p:row/@href'))
        page = again.get(reply.location)
        assert rows(page)[0][:3] == (code, '测试药 ' + code, '30')
        assert page.texts('//p:field[@name="po_no"]/p:value') == ['PO-77']

    def test_submitted_at_the_price_that_was_seen(self, instance, market, buyer):
        code = market.product(price='10')
        page = check(buyer, (code, 100)).page
        instance.sql('UPDATE price_tier SET price = 11 WHERE price_list_id = %s AND product_id ='
                     ' (SELECT id FROM product WHERE code = %s)', market.list, code)
        reply = buyer.submit(page, 'quick', then='submit')
        assert reply.status == 422 and 'error.total.changed' in reply.page.notices
        assert reply.page.texts('//p:notice[@key="error.total.changed"]/p:money') == ['1000.00', '1100.00']
        done = buyer.submit(reply.page, 'quick', then='submit')
        assert done.status == 303, done.errors
        assert instance.value('SELECT amount FROM sales_order WHERE pid = %s',
                              done.location.split('=')[1]) == 1100

    def test_a_total_is_compared_never_taken(self, instance, market, buyer):
        code = market.product(price='10')
        page = check(buyer, (code, 100)).page
        assert buyer.submit(page, 'quick', then='submit', expected='1.00').status == 422

    def test_twice_the_same_click_is_one_order(self, instance, market, buyer):
        page = check(buyer, (market.product(), 50)).page
        key = secrets.token_hex(16)
        first = buyer.submit(page, 'quick', then='submit', _key=key)
        second = buyer.submit(page, 'quick', then='submit', _key=key)
        assert first.status == second.status == 303 and first.location == second.location
        assert instance.value('SELECT COUNT(*) FROM sales_order WHERE party_id = %s AND idem_key = %s',
                              market.customer, key) == 1

    def test_changed_by_another_meanwhile(self, market, buyer):
        code = market.product()
        place = draft(buyer, (code, 10)).location
        page = buyer.get(place)
        assert buyer.submit(page, 'quick', then='save', note='first').status == 303
        assert buyer.submit(page, 'quick', then='save', note='second').status == 409

    def test_paper_goes_with_the_order(self, market, buyer):
        reply = buyer.submit('/entry/', 'quick', then='save', files={'paper': ('po.pdf', b'%PDF-1.4\n%%EOF\n')},
                             **grid((market.product(), 10)))
        assert reply.status == 303
        order = reply.location.split('=')[1]
        page = buyer.get('/orders/view', id=order)
        href = page.one('//p:list[@name="order-files"]/p:row/p:text[@name="name"]/@href')
        got = buyer.raw('GET', href)
        assert got.content.startswith(b'%PDF') and 'attachment' in got.headers['Content-Disposition']

    def test_no_licence_no_order(self, instance, market):
        party = market.new_customer(licensed=False)
        market.insert('price_list', code='T' + secrets.token_hex(4), name='x', scope='customer',
                      party_id=party, valid_from='2020-01-01', status='active')
        page = instance.portal(party, 'buyer').get('/entry/')
        assert 'notice.entry.licence' in page.notices

    def test_order_again_shows_what_changed(self, instance, market, buyer):
        code, gone = market.product(price='10'), market.product(price='5')
        order = submit(buyer, (code, 100), (gone, 10)).location.split('=')[1]
        instance.sql('UPDATE price_tier SET price = 12 WHERE price_list_id = %s AND product_id ='
                     ' (SELECT id FROM product WHERE code = %s)', market.list, code)
        instance.sql("UPDATE product SET status = 'stopped' WHERE code = %s", gone)
        page = buyer.get('/entry/', copy=order)
        assert 'notice.entry.dearer' in page.notices
        assert page.one(f'//p:row[p:field/p:value = "{code}"]/p:price/@sub') == '10.0000'
        assert 'product.stopped' in [e[1] for e in page.errors]

    def test_order_again_counts_what_is_out_of_stock(self, instance, market, buyer):
        code, out = market.product(), market.product(stock=15)
        order = submit(buyer, (code, 10), (out, 10)).location.split('=')[1]
        assert 'notice.entry.out' not in buyer.get('/entry/', copy=order).notices
        instance.sql("UPDATE lot SET status = 'blocked' WHERE product_id = (SELECT id FROM product WHERE code = %s)", out)
        page = buyer.get('/entry/', copy=order)
        notice = page.one('//p:notice[@key="notice.entry.out"]')
        assert ''.join(notice.itertext()).strip() == '1'


class TestOrders:
    def test_withdraw_change_and_submit_again(self, instance, market, buyer):
        code = market.product()
        place = submit(buyer, (code, 10)).location
        page = buyer.get(place)
        reply = buyer.act(page, 'withdraw')
        assert reply.status == 303
        order = place.split('=')[1]
        assert instance.value('SELECT status FROM sales_order WHERE pid = %s', order) == 'draft'
        page = buyer.post('/entry/check', {'id': order, **grid((code, 20))}).page
        assert buyer.submit(page, 'quick', then='submit', id=order).status == 303

    def test_a_returned_order_shows_why(self, instance, market, buyer):
        place = submit(buyer, (market.product(price='10'), 1000)).location
        order = instance.value('SELECT id FROM sales_order WHERE pid = %s', place.split('=')[1])
        if market.status(order) == 'submitted':
            market.decide(order, 'return', comment='请减量')
            page = buyer.get(place)
            assert 'notice.order.reply' in page.notices and page.may('edit')

    def test_cancelled_with_a_reason(self, instance, market, buyer):
        place = draft(buyer, (market.product(), 10)).location.replace('/entry/', '/orders/cancel')
        assert buyer.submit(place, 'order-cancel', why='').status == 422
        assert buyer.submit(place, 'order-cancel', why='不需要了').status == 303
        assert instance.value('SELECT status FROM sales_order WHERE pid = %s',
                              place.split('=')[1]) == 'cancelled'

    def test_the_list_is_searched_filtered_and_exported(self, market, buyer):
        po = 'PO' + secrets.token_hex(4)
        draft(buyer, (market.product(), 10), po_no=po)
        found = buyer.get('/orders/', q=po).rows('portal-orders')
        assert len(found) == 1 and found[0]['status'] == 'draft'
        assert not buyer.get('/orders/', q=po, status='closed').rows('portal-orders')
        assert po in buyer.raw('GET', '/orders/', params={'q': po, 'format': 'csv'}).text

    @pytest.mark.parametrize('path', ['/orders/view?id=%s', '/entry/?id=%s', '/orders/cancel?id=%s',
                                      '/lists/edit?order=%s'])
    def test_anothers_order_is_an_unknown_one(self, instance, market, buyer, path):
        other = market.new_customer()
        foreign = instance.value('SELECT pid FROM sales_order WHERE party_id <> %s LIMIT 1',
                                 market.customer)
        assert other
        answers = []
        for order in (foreign, 4503599627370497):
            r = buyer.raw('GET', path % order, headers={'Accept': 'text/html'})
            text = r.text.replace(str(order), 'ID').replace(r.headers['X-Request-Id'], 'RID')
            answers.append((r.status_code, re.sub(r'20\d\d-\d\d-\d\d.\d\d:\d\d(:\d\d)?', 'NOW', text)))
        assert answers[0][0] == 404 and answers[0] == answers[1]

    def test_anothers_order_is_not_moved(self, instance, market, buyer):
        foreign = instance.value("SELECT pid FROM sales_order WHERE party_id <> %s AND status = 'submitted' LIMIT 1",
                                 market.customer) or 4503599627370497
        assert buyer.post('/orders/withdraw', {'id': foreign}).status == 404
        assert buyer.post('/orders/cancel', {'id': foreign, 'why': 'x'}).status == 404
        code = market.product()
        assert buyer.post('/entry/save', {'id': foreign, 'then': 'save', '_version': '1',
                                          **grid((code, 10))}).status == 404

    def test_no_page_lacks_a_word(self, market, buyer):
        place = submit(buyer, (market.product(), 10)).location
        for path in ('/orders/', '/entry/', place, place.replace('/orders/view', '/entry/'),
                     place.replace('view', 'cancel')):
            for lang in ('zh-CN', 'en'):
                buyer.http.cookies.set('xo_lang', lang)
                assert '⟦' not in buyer.raw('GET', path, headers={'Accept': 'text/html'}).text, path
