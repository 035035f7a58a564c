-- Portal, catalogue: the products this company may see, at its own prices, with
-- as much of our stock as the policy shows (E11, E12, E14).

DELIMITER //

-- p_q: code, name, brand, initials or approval number. p_group: product group, 0 all. p_storage:
-- storage class or NULL.
-- p_only: `priced` hides what has no price. Sorts: code product. Columns: id (product), sort_key,
-- code, product, trade_name, pack, unit,
-- maker, approval_no, dosage_form, nhsa_category, storage_class, case_qty, qty_multiple, min_qty,
-- first_qty (the least that may be ordered), price, band, free (NULL unless figures), picture (token).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_group BIGINT, IN p_storage VARCHAR(8),
	IN p_only VARCHAR(10), IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200),
		IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_warehouse BIGINT;
	DECLARE v_show VARCHAR(8);
	DECLARE v_lots TINYINT;
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';
	DECLARE v_by_name TINYINT DEFAULT TRIM(LEADING '-' FROM COALESCE(p_sort, '')) = 'product';

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	CALL stock_policy_of(v_party, v_show, v_lots);
	SELECT COALESCE(warehouse_id, param_int('order.warehouse', 1)) INTO v_warehouse
	       FROM customer WHERE party_id = v_party;
	-- No derived table around prices: MariaDB fills it twice from the second call of a
	-- connection on. They are looked up after sorting, for the rows of the page alone.
	SELECT o.product_id AS id, IF(v_by_name, o.generic_name, o.code) AS sort_key, o.code,
	       o.generic_name AS product, o.trade_name, o.pack_spec AS pack, o.unit,
	       COALESCE(m.short_name, m.name) AS maker, o.approval_no, o.dosage_form,
	       o.nhsa_category, o.storage_class, o.case_qty, o.qty_multiple, o.min_qty,
	       CEIL(o.min_qty / o.qty_multiple) * o.qty_multiple AS first_qty, t.price,
	       IF(v_show = 'none', NULL, ELT(1 + INTERVAL(COALESCE((SELECT SUM(s.free)
			FROM free_lot s
			WHERE s.product_id = o.product_id AND s.warehouse_id = v_warehouse
			GROUP BY s.product_id), 0), 1, GREATEST(o.band_low, 1)),
		'out', 'limited', 'in-stock')) AS band,
	       IF(v_show = 'figures', COALESCE((SELECT CAST(SUM(s.free) AS SIGNED)
			FROM free_lot s
			WHERE s.product_id = o.product_id AND s.warehouse_id = v_warehouse
			GROUP BY s.product_id), 0), NULL) AS free,
	       f.token AS picture
	  FROM offer o
	  LEFT JOIN price_tier t ON t.id = o.tier_id
	  LEFT JOIN party m ON m.id = o.manufacturer_id
	  LEFT JOIN attachment f ON f.id = o.image_id
	 WHERE o.party_id = v_party AND o.status = 'active'
	   AND (COALESCE(p_group, 0) = 0
	    OR EXISTS (SELECT 1 FROM product_group_item g
		WHERE g.product_id = o.product_id AND g.group_id = p_group))
	   AND COALESCE(p_storage, '') IN ('', o.storage_class)
	   AND (COALESCE(p_q, '') = '' OR o.code LIKE CONCAT(p_q, '%')
	    OR o.generic_name LIKE CONCAT('%', p_q, '%')
	    OR o.trade_name LIKE CONCAT('%', p_q, '%') OR o.pinyin LIKE CONCAT(p_q, '%')
	    OR o.approval_no LIKE CONCAT('%', p_q, '%') OR o.barcode = p_q)
	   AND (p_after_key IS NULL OR IF(v_desc,
		(IF(v_by_name, o.generic_name, o.code), o.product_id) < (p_after_key, p_after_id),
		(IF(v_by_name, o.generic_name, o.code), o.product_id) > (p_after_key, p_after_id)))
	   AND o.visible
	   AND (COALESCE(p_only, '') <> 'priced' OR o.tier_id IS NOT NULL)
	 ORDER BY IF(v_desc, IF(v_by_name, o.generic_name, o.code), '') DESC,
	       IF(v_desc, o.product_id, 0) DESC,
	       IF(v_by_name, o.generic_name, o.code), o.product_id
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_count(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_group BIGINT, IN p_storage VARCHAR(8),
	IN p_only VARCHAR(10))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM offer o
	 WHERE o.party_id = v_party AND o.status = 'active'
	   AND (COALESCE(p_group, 0) = 0
	    OR EXISTS (SELECT 1 FROM product_group_item g
		WHERE g.product_id = o.product_id AND g.group_id = p_group))
	   AND COALESCE(p_storage, '') IN ('', o.storage_class)
	   AND (COALESCE(p_q, '') = '' OR o.code LIKE CONCAT(p_q, '%')
	    OR o.generic_name LIKE CONCAT('%', p_q, '%')
	    OR o.trade_name LIKE CONCAT('%', p_q, '%') OR o.pinyin LIKE CONCAT(p_q, '%')
	    OR o.approval_no LIKE CONCAT('%', p_q, '%') OR o.barcode = p_q)
	   AND o.visible
	   AND (COALESCE(p_only, '') <> 'priced' OR o.tier_id IS NOT NULL);
END//

-- One product, four results: the product with price and band; price steps (min_qty, price); lots in
-- stock when the policy shows
-- them (lot_no, produced_on, expires_on, free, report: token of the test report, test_report: its
-- name); own last orders of it.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_view(IN p_token VARCHAR(64),
	IN p_product BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_warehouse, v_tier BIGINT;
	DECLARE v_show VARCHAR(8);
	DECLARE v_lots, v_seen TINYINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	CALL stock_policy_of(v_party, v_show, v_lots);
	SET v_seen = product_visible_to(v_party, p_product, v_day);
	SELECT COALESCE(warehouse_id, param_int('order.warehouse', 1)) INTO v_warehouse
	       FROM customer WHERE party_id = v_party;
	SELECT price_tier_for(v_party, id, GREATEST(min_qty, qty_multiple), v_day) INTO v_tier
	       FROM product WHERE id = p_product AND v_seen;
	SELECT p.id, p.code, p.generic_name AS product, p.trade_name, p.dosage_form, p.strength,
	       p.pack_spec AS pack, p.unit, p.units_per_pack, p.inner_pack_qty,
	       p.case_qty, p.min_qty, p.qty_multiple, m.name AS maker, p.approval_no, p.barcode,
	       p.nhsa_category, p.nhsa_code, p.nhsa_remark, p.is_essential,
	       p.is_otc, p.is_prescription, p.is_vbp, p.storage_class, p.storage_note,
	       p.control_class, p.vat_rate, p.shelf_life_months, p.description, t.price,
	       IF(v_show = 'none', NULL, stock_band(free_stock(p.id, v_warehouse),
			p.band_low)) AS band,
	       IF(v_show = 'figures', free_stock(p.id, v_warehouse), NULL) AS free,
	       line_refusal(v_party, p.id, GREATEST(p.min_qty, p.qty_multiple) , v_day,
			v_tier) AS refusal, f.token AS image
	  FROM product p
	  LEFT JOIN party m ON m.id = p.manufacturer_id
	  LEFT JOIN price_tier t ON t.id = v_tier
	  LEFT JOIN attachment f ON f.id = p.image_id
	 WHERE p.id = p_product AND v_seen;
	SELECT s.min_qty, s.price
	  FROM price_tier t
	  JOIN price_tier s ON s.price_list_id = t.price_list_id AND s.product_id = t.product_id
	 WHERE t.id = v_tier
	 ORDER BY s.min_qty;
	SELECT l.lot_no, l.produced_on, l.expires_on,
	       IF(v_show = 'figures', s.free, NULL) AS free, f.token AS report,
	       f.name AS test_report
	  FROM free_lot s
	  JOIN lot l ON l.id = s.lot_id
	  LEFT JOIN attachment f ON f.id = l.report_id
	 WHERE s.product_id = p_product AND v_seen AND v_lots = 1 AND v_show <> 'none'
	   AND s.warehouse_id = v_warehouse
	 ORDER BY l.expires_on, l.lot_no;
	SELECT o.pid AS id, o.order_no, o.placed_at, o.status, l.ordered_qty,
	       l.approved_qty - l.cancelled_qty AS approved_qty, l.shipped_qty, l.price
	  FROM sales_order_line l
	  JOIN sales_order o ON o.id = l.order_id
	 WHERE l.party_id = v_party AND l.product_id = p_product AND v_seen
	   AND (v_branch IS NULL OR o.branch_id = v_branch)
	 ORDER BY l.id DESC
	 LIMIT 10;
END//

-- Product groups that hold something this company sees: id, name.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_groups(
	IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	SELECT g.id, g.name
	  FROM product_group g
	 WHERE EXISTS (SELECT 1 FROM product_group_item i JOIN offer o ON o.party_id = v_party
	   AND o.product_id = i.product_id
		WHERE i.group_id = g.id AND o.status = 'active' AND o.visible)
	 ORDER BY g.code;
END//

-- Suggestions while typing: code, product, pack, maker, price; the exact code first.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_suggest(
	IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	SELECT q.id, q.code, q.product, q.pack, q.unit, COALESCE(m.short_name, m.name) AS maker,
	       q.qty_multiple, t.price
	  FROM (SELECT o.product_id AS id, o.code, o.generic_name AS product, o.pack_spec AS pack,
			o.unit, o.manufacturer_id, o.qty_multiple, o.tier_id
		  FROM offer o
		 WHERE o.party_id = v_party AND o.status = 'active' AND COALESCE(p_q, '') <> ''
		   AND (o.code LIKE CONCAT(p_q, '%') OR o.generic_name LIKE CONCAT('%', p_q, '%')
		   OR o.trade_name LIKE CONCAT('%', p_q, '%')
		   OR o.pinyin LIKE CONCAT(p_q, '%') OR o.barcode = p_q)
		   AND o.visible
		 ORDER BY o.code = p_q DESC, o.code
		 LIMIT p_limit) q
	  LEFT JOIN price_tier t ON t.id = q.tier_id
	  LEFT JOIN party m ON m.id = q.manufacturer_id
	 ORDER BY q.code = p_q DESC, q.code;
END//

DELIMITER ;
