"""Pictures of products: put, replaced, removed in the office; seen by who sees the product."""
import hashlib
import secrets
import struct
import zlib

import pytest



def png(shade):
    """A picture of one dot."""
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data
                + struct.pack('>I', zlib.crc32(kind + data)))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 0, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(bytes([0, shade]))) + chunk(b'IEND', b''))


JPEG = b'\xff\xd8\xff\xe0\0\x10JFIF\0\1\1' + b'\0' * 40 + b'\xff\xd9'
WEBP = b'RIFF' + struct.pack('<I', 30) + b'WEBPVP8 ' + b'\0' * 22


@pytest.fixture(scope='module')
def manager(instance):
    return instance.office('product_manager')


@pytest.fixture
def product(instance, market):
    code = market.product()
    return code, instance.value('SELECT id FROM product WHERE code = %s', code)


def put(manager, product, name, content, kind='image/png'):
    return manager.submit(f'/pictures/?id={product}', 'picture', files={'file': (name, content, kind)})


def href(page, what='record'):
    return page.one(f'//p:{what}[@picture]/@picture')


def test_a_picture_is_put_replaced_and_removed(instance, manager, product):
    _, made = product
    view = f'/products/view?id={made}'
    assert href(manager.get(view)) == ''
    reply = put(manager, made, 'box.png', png(10))
    assert (reply.status, reply.location) == (303, view)
    first = href(manager.get(view))
    shown = manager.raw('GET', first)
    assert shown.content == png(10)
    assert shown.headers['Content-Type'] == 'image/png'
    assert shown.headers['X-Content-Type-Options'] == 'nosniff'
    assert shown.headers['Cache-Control'].startswith('private, max-age=')

    assert put(manager, made, 'box.jpg', JPEG, 'image/jpeg').status == 303
    second = href(manager.get(view))
    assert second != first
    assert manager.raw('GET', second).headers['Content-Type'] == 'image/jpeg'
    assert manager.raw('GET', first).status_code == 404

    page = manager.get(f'/pictures/?id={made}')
    assert put(manager, made, 'box.webp', WEBP, 'image/webp').status == 303
    assert manager.act(page, 'remove').status == 409, 'a picture that was replaced meanwhile'
    assert manager.act(manager.get(f'/pictures/?id={made}'), 'remove').status == 303
    assert href(manager.get(view)) == ''
    trail = instance.sql('SELECT before_value FROM audit_log WHERE entity = "product"'
                         ' AND entity_id = %s AND after_value LIKE "%%image_id%%"', made)
    assert len(trail) >= 4


@pytest.mark.parametrize('content, code', [
    (b'%PDF-1.7 what is no picture', 'picture.type'),
    (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'picture.type'),
    (b'GIF89a' + b'\0' * 20, 'picture.type'),
    (b'RIFF' + b'\0' * 4 + b'WAVEfmt ', 'picture.type'),
    (b'', 'required'),
    (png(1) + b'\0' * (1 << 20), 'picture.too_big'),
])
def test_what_is_no_picture_is_refused_beside_the_field(instance, manager, product, content, code):
    _, made = product
    reply = put(manager, made, 'box.png', content)
    assert reply.status == 422
    assert reply.errors == [('file', code)]
    assert instance.value('SELECT image_id FROM product WHERE id = %s', made) is None


def test_a_stale_form_changes_nothing(manager, product):
    _, made = product
    page = manager.get(f'/pictures/?id={made}')
    assert put(manager, made, 'box.png', png(1)).status == 303
    reply = manager.submit(page, 'picture', files={'file': ('late.png', png(2), 'image/png')})
    assert reply.status == 409


def test_only_who_keeps_products_changes_one(instance, manager, product):
    _, made = product
    sales = instance.office('sales_manager')
    assert not sales.get(f'/products/view?id={made}').may('picture')
    assert sales.fetch('/pictures/', id=made).status == 403
    assert sales.post('/pictures/attach', {'id': made}).status == 403


def test_the_portal_shows_it_to_who_sees_the_product(instance, market, manager, product):
    code, made = product
    buyer = instance.portal(market.customer, 'buyer')
    page = buyer.get('/catalogue/', q=code)
    assert href(page, 'row') == ''
    assert put(manager, made, 'box.png', png(77)).status == 303
    shown = href(buyer.get('/catalogue/', q=code), 'row')
    assert shown == href(buyer.get('/catalogue/view', id=made))
    reply = buyer.raw('GET', shown)
    assert reply.content == png(77)
    assert (reply.headers['Content-Type'], reply.headers['X-Content-Type-Options']) == (
        'image/png', 'nosniff')
    assert reply.headers['Cache-Control'].startswith('private, max-age=')
    assert 'no-store' in buyer.raw('GET', '/catalogue/').headers['Cache-Control']
    assert f'src="{shown}"' in buyer.raw('GET', '/catalogue/?q=' + code,
                                          headers={'Accept': 'text/html'}).text

    stranger = instance.portal(market.new_customer(), 'buyer')
    market.insert('product_visibility', product_id=made, scope='customer',
                  party_id=stranger.user['party_id'], effect='deny')
    assert stranger.raw('GET', shown).status_code == 404


def keep(market, kind, owner, party, content):
    token = secrets.token_hex(16)
    market.insert('attachment', token=token, owner_kind=kind, owner_id=owner, party_id=party,
                  name='x.png', media_type='image/png', size=len(content),
                  sha256=hashlib.sha256(content).digest(), content=content)
    return token


def test_a_file_that_is_no_picture_of_a_product_stays_with_its_company(instance, market, manager,
                                                                       product):
    _, made = product
    buyer = instance.portal(market.customer, 'buyer')
    stranger = instance.portal(market.new_customer(), 'buyer')
    for kind, owner, party in (('sales_order', 1, market.customer), ('product', made, None),
                               ('party', 1, None)):
        token = keep(market, kind, owner, party, png(5))
        for path in ('/catalogue/picture', '/catalogue/file'):
            reply = stranger.raw('GET', f'{path}?token={token}')
            assert reply.status_code == 404 and png(5) not in reply.content, (kind, path)
        assert manager.raw('GET', f'/pictures/show?token={token}').status_code == 404, kind
    assert buyer.raw('GET', '/catalogue/picture?token=' + '0' * 32).status_code == 404
