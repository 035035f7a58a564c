"""No page shows a way that its reader may not go: links are followed two pages deep, by every role."""
import urllib.parse

import pytest

ROLES = {
    'office': ['sales_rep', 'sales_manager', 'finance', 'finance_manager', 'logistics', 'warehouse_check', 'quality',
               'product_manager', 'flow_clerk', 'auditor'],
    'portal': ['company_admin', 'buyer', 'accountant', 'receiver', 'reporter', 'chain_viewer'],
}
HREFS = ('//p:link/@href | //p:row/@href | //p:row/*/@href | //p:record/*/@href | //p:figure/@href'
         ' | //p:action[not(@method) or @method = "get"]/@href')


def ways(page):
    """One address of each path: '/orders/view' for whichever order."""
    found = {}
    for href in page(HREFS):
        path = urllib.parse.urlsplit(href).path
        if path.startswith('/') and not path.startswith(('/login/', '/attach')):
            found.setdefault(path, href)
    return found


@pytest.mark.parametrize('site, role', [(s, r) for s, roles in ROLES.items() for r in roles])
def test_what_is_linked_may_be_seen(instance, site, role):
    party = instance.value("SELECT party_id FROM customer WHERE buyer_role = 'distributor' ORDER BY party_id LIMIT 1")
    client = instance.office(role) if site == 'office' else instance.portal(party, role)
    waiting, seen, closed = {'/home/': '/home/'}, set(), []
    for depth in range(3):
        following = {}
        for path, href in waiting.items():
            seen.add(path)
            got = client.raw('GET', href)
            if got.status_code == 403:
                closed.append(href)
            elif got.status_code == 200 and depth < 2 and 'xml' in got.headers['Content-Type']:
                following.update(ways(client.fetch(href).page))
        waiting = {p: h for p, h in following.items() if p not in seen}
    assert closed == [] and len(seen) > 5, (role, seen)
