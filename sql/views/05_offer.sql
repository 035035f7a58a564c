-- What a customer may see of each product today, at which price for the smallest
-- order, and what is free for sale: the functions of routines/30_catalogue.sql
-- written as one view, so that lists of products need no call per row. Ask by
-- party_id; a column that is not asked for costs nothing.

CREATE OR REPLACE DEFINER = owner@localhost VIEW offer AS
SELECT c.party_id, p.id AS product_id, p.status, p.code, p.generic_name, p.trade_name, p.pinyin,
       p.approval_no, p.barcode, p.storage_class,
       p.pack_spec, p.unit, p.dosage_form, p.nhsa_category, p.case_qty, p.qty_multiple, p.min_qty,
       p.band_low, p.manufacturer_id, p.licence_scope, p.control_class, p.image_id,
       CASE GREATEST(
		COALESCE((SELECT MAX((v.scope + 0) * 2 + (v.effect = 'deny'))
			    FROM product_visibility v
			   WHERE v.product_id = p.id
			     AND (v.scope = 'all'
			   OR (v.scope = 'province' AND v.province = y.province)
			   OR (v.scope = 'group' AND v.group_id = c.group_id)
			   OR (v.scope = 'customer' AND v.party_id = c.party_id))
			     AND DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)
			         BETWEEN COALESCE(v.valid_from, '1000-01-01') AND COALESCE(v.valid_to, '9999-12-31')), 0),
		COALESCE((SELECT MAX((v.scope + 0) * 2 + (v.effect = 'deny'))
			    FROM product_group_item g
			    JOIN product_visibility v ON v.product_group_id = g.group_id
			   WHERE g.product_id = p.id
			     AND (v.scope = 'all'
			   OR (v.scope = 'province' AND v.province = y.province)
			   OR (v.scope = 'group' AND v.group_id = c.group_id)
			   OR (v.scope = 'customer' AND v.party_id = c.party_id))
			     AND DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)
			         BETWEEN COALESCE(v.valid_from, '1000-01-01') AND COALESCE(v.valid_to, '9999-12-31')), 0))
	WHEN 0 THEN p.visible
	WHEN 2 THEN 1 WHEN 4 THEN 1 WHEN 6 THEN 1 WHEN 8 THEN 1
	ELSE 0 END AS visible,
       COALESCE(
	(SELECT t.id FROM price_list l JOIN price_tier t ON t.price_list_id = l.id
		AND t.product_id = p.id AND t.min_qty <= GREATEST(p.min_qty, p.qty_multiple)
	  WHERE l.party_id = c.party_id AND l.status = 'active'
	    AND DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)
	        BETWEEN l.valid_from AND COALESCE(l.valid_to, '9999-12-31')
	  ORDER BY l.priority DESC, l.valid_from DESC, l.id DESC, t.min_qty DESC LIMIT 1),
	(SELECT t.id FROM price_list l JOIN price_tier t ON t.price_list_id = l.id
		AND t.product_id = p.id AND t.min_qty <= GREATEST(p.min_qty, p.qty_multiple)
	  WHERE l.group_id = c.group_id AND l.status = 'active'
	    AND DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)
	        BETWEEN l.valid_from AND COALESCE(l.valid_to, '9999-12-31')
	  ORDER BY l.priority DESC, l.valid_from DESC, l.id DESC, t.min_qty DESC LIMIT 1),
	(SELECT t.id FROM price_list l JOIN price_tier t ON t.price_list_id = l.id
		AND t.product_id = p.id AND t.min_qty <= GREATEST(p.min_qty, p.qty_multiple)
	  WHERE l.scope = 'province' AND l.province = y.province AND l.status = 'active'
	    AND DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)
	        BETWEEN l.valid_from AND COALESCE(l.valid_to, '9999-12-31')
	  ORDER BY l.priority DESC, l.valid_from DESC, l.id DESC, t.min_qty DESC LIMIT 1),
	(SELECT t.id FROM price_list l JOIN price_tier t ON t.price_list_id = l.id
		AND t.product_id = p.id AND t.min_qty <= GREATEST(p.min_qty, p.qty_multiple)
	  WHERE l.scope = 'all' AND l.status = 'active'
	    AND DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)
	        BETWEEN l.valid_from AND COALESCE(l.valid_to, '9999-12-31')
	  ORDER BY l.priority DESC, l.valid_from DESC, l.id DESC, t.min_qty DESC
			LIMIT 1)) AS tier_id
  FROM customer c
  JOIN party y ON y.id = c.party_id
  JOIN product p;

-- What is free for sale, by lot: released, in a normal warehouse, not held, and with days enough left.
-- Every figure, band and list of lots that a buyer sees is read here (E14, X07).
CREATE OR REPLACE DEFINER = owner@localhost VIEW free_lot AS
SELECT b.product_id, b.warehouse_id, b.lot_id, l.expires_on, b.qty - b.reserved AS free
  FROM stock_balance b
  JOIN lot l ON l.id = b.lot_id AND l.status = 'released'
  JOIN warehouse w ON w.id = b.warehouse_id AND w.kind = 'normal' AND w.status = 'active'
 WHERE b.qty > b.reserved
   AND l.expires_on >= DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)
	+ INTERVAL COALESCE((SELECT CAST(value AS SIGNED) FROM param
		WHERE name = 'stock.min_remaining_days'), 30) DAY;
