-- A price list with whom it is for, and lists that only their age could tell apart.

CREATE OR REPLACE DEFINER = owner@localhost VIEW price_list_page AS
SELECT l.id, l.version, l.code, l.name, l.scope, p.code AS party, l.group_id, l.province,
       COALESCE(p.name, g.name, r.name) AS target, l.priority, l.valid_from, l.valid_to, l.status,
       l.note,
       (SELECT COUNT(DISTINCT t.product_id) FROM price_tier t
	 WHERE t.price_list_id = l.id) AS products
  FROM price_list l
  LEFT JOIN party p ON p.id = l.party_id
  LEFT JOIN customer_group g ON g.id = l.group_id
  LEFT JOIN region r ON r.code = l.province;

-- Two active lists for the same, with the same priority, on a common day, for a common product.
CREATE OR REPLACE DEFINER = owner@localhost VIEW price_list_clash AS
SELECT l.id, o.code, o.valid_from, COALESCE(o.valid_to, '') AS valid_to
  FROM price_list l
  JOIN price_list o ON o.id <> l.id AND o.status = 'active' AND o.scope = l.scope
	AND o.party_id <=> l.party_id AND o.group_id <=> l.group_id
	AND o.province <=> l.province AND o.priority = l.priority
	AND o.valid_from <= COALESCE(l.valid_to, '9999-12-31')
	AND COALESCE(o.valid_to, '9999-12-31') >= l.valid_from
  JOIN price_tier a ON a.price_list_id = l.id
  JOIN price_tier b ON b.price_list_id = o.id AND b.product_id = a.product_id
 WHERE l.status = 'active';
