-- Portal, catalogue: the products this company may see, at its own prices, with
-- as much of our stock as the policy shows (E11, E12, E14).

DELIMITER //

-- p_q: code, name, brand, initials or approval number. p_group: product group, 0 all. p_storage: storage class or NULL.
-- p_only: `priced` hides what has no price. Sorts: code product. Columns: id (product), sort_key, code, product, trade_name, pack, unit,
-- maker, approval_no, dosage_form, nhsa_category, storage_class, case_qty, qty_multiple, min_qty, price, band, free (NULL unless figures).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_list(IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_group BIGINT, IN p_storage VARCHAR(8),
	IN p_only VARCHAR(10), IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_warehouse BIGINT;
	DECLARE v_show VARCHAR(8);
	DECLARE v_lots TINYINT;
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	CALL stock_policy_of(v_party, v_show, v_lots);
	SELECT COALESCE(warehouse_id, param_int('order.warehouse', 1)) INTO v_warehouse FROM customer WHERE party_id = v_party;
	SELECT x.id, x.sort_key, x.code, x.product, x.trade_name, x.pack, x.unit, x.maker, x.approval_no, x.dosage_form, x.nhsa_category, x.storage_class,
	       x.case_qty, x.qty_multiple, x.min_qty, t.price,
	       IF(v_show = 'none', NULL, stock_band(x.free, x.band_low)) AS band, IF(v_show = 'figures', x.free, NULL) AS free
	  FROM (SELECT p.id, IF(TRIM(LEADING '-' FROM COALESCE(p_sort, '')) = 'product', p.generic_name, p.code) AS sort_key, p.code, p.generic_name AS product,
		       p.trade_name, p.pack_spec AS pack, p.unit, COALESCE(m.short_name, m.name) AS maker, p.approval_no, p.dosage_form, p.nhsa_category,
		       p.storage_class, p.case_qty, p.qty_multiple, p.min_qty, p.band_low,
		       price_tier_for(v_party, p.id, GREATEST(p.min_qty, p.qty_multiple), v_day) AS tier, free_stock(p.id, v_warehouse, v_day) AS free
		  FROM product p
		  LEFT JOIN party m ON m.id = p.manufacturer_id
		 WHERE p.status = 'active'
		   AND (COALESCE(p_group, 0) = 0 OR EXISTS (SELECT 1 FROM product_group_item g WHERE g.product_id = p.id AND g.group_id = p_group))
		   AND COALESCE(p_storage, '') IN ('', p.storage_class)
		   AND (COALESCE(p_q, '') = '' OR p.code LIKE CONCAT(p_q, '%') OR p.generic_name LIKE CONCAT('%', p_q, '%')
			OR p.trade_name LIKE CONCAT('%', p_q, '%') OR p.pinyin LIKE CONCAT(p_q, '%') OR p.approval_no LIKE CONCAT('%', p_q, '%') OR p.barcode = p_q)
		   AND product_visible_to(v_party, p.id, v_day)
		   AND (COALESCE(p_only, '') <> 'priced' OR price_tier_for(v_party, p.id, GREATEST(p.min_qty, p.qty_multiple), v_day) IS NOT NULL)
		   AND (p_after_key IS NULL OR IF(v_desc, (IF(TRIM(LEADING '-' FROM p_sort) = 'product', p.generic_name, p.code), p.id) < (p_after_key, p_after_id),
			(IF(TRIM(LEADING '-' FROM COALESCE(p_sort, '')) = 'product', p.generic_name, p.code), p.id) > (p_after_key, p_after_id)))
		 ORDER BY IF(v_desc, sort_key, '') DESC, IF(v_desc, p.id, 0) DESC, sort_key, p.id
		 LIMIT p_limit) x
	  LEFT JOIN price_tier t ON t.id = x.tier
	 ORDER BY IF(v_desc, x.sort_key, '') DESC, IF(v_desc, x.id, 0) DESC, x.sort_key, x.id;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_count(IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_group BIGINT, IN p_storage VARCHAR(8),
	IN p_only VARCHAR(10))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1
		  FROM product p
		 WHERE p.status = 'active'
		   AND (COALESCE(p_group, 0) = 0 OR EXISTS (SELECT 1 FROM product_group_item g WHERE g.product_id = p.id AND g.group_id = p_group))
		   AND COALESCE(p_storage, '') IN ('', p.storage_class)
		   AND (COALESCE(p_q, '') = '' OR p.code LIKE CONCAT(p_q, '%') OR p.generic_name LIKE CONCAT('%', p_q, '%')
			OR p.trade_name LIKE CONCAT('%', p_q, '%') OR p.pinyin LIKE CONCAT(p_q, '%') OR p.approval_no LIKE CONCAT('%', p_q, '%') OR p.barcode = p_q)
		   AND product_visible_to(v_party, p.id, v_day)
		   AND (COALESCE(p_only, '') <> 'priced' OR price_tier_for(v_party, p.id, GREATEST(p.min_qty, p.qty_multiple), v_day) IS NOT NULL)
		 LIMIT 1001) q;
END//

-- One product, four results: the product with price and band; price steps (min_qty, price); lots in stock when the policy shows
-- them (lot_no, produced_on, expires_on, free, report: token of the test report); own last orders of it.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_view(IN p_token VARCHAR(64), IN p_product BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_warehouse, v_tier BIGINT;
	DECLARE v_show VARCHAR(8);
	DECLARE v_lots, v_seen TINYINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	CALL stock_policy_of(v_party, v_show, v_lots);
	SET v_seen = product_visible_to(v_party, p_product, v_day);
	SELECT COALESCE(warehouse_id, param_int('order.warehouse', 1)) INTO v_warehouse FROM customer WHERE party_id = v_party;
	SELECT price_tier_for(v_party, id, GREATEST(min_qty, qty_multiple), v_day) INTO v_tier FROM product WHERE id = p_product AND v_seen;
	SELECT p.id, p.code, p.generic_name AS product, p.trade_name, p.dosage_form, p.strength, p.pack_spec AS pack, p.unit, p.units_per_pack, p.inner_pack_qty,
	       p.case_qty, p.min_qty, p.qty_multiple, m.name AS maker, p.approval_no, p.barcode, p.nhsa_category, p.nhsa_code, p.nhsa_remark, p.is_essential,
	       p.is_otc, p.is_prescription, p.is_vbp, p.storage_class, p.storage_note, p.control_class, p.vat_rate, p.shelf_life_months, p.description, t.price,
	       IF(v_show = 'none', NULL, stock_band(free_stock(p.id, v_warehouse, v_day), p.band_low)) AS band,
	       IF(v_show = 'figures', free_stock(p.id, v_warehouse, v_day), NULL) AS free,
	       line_refusal(v_party, p.id, GREATEST(p.min_qty, p.qty_multiple) , v_day, v_tier) AS refusal, f.token AS image
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
	SELECT l.lot_no, l.produced_on, l.expires_on, IF(v_show = 'figures', b.qty - b.reserved, NULL) AS free, f.token AS report
	  FROM stock_balance b
	  JOIN lot l ON l.id = b.lot_id AND l.status = 'released' AND l.expires_on >= v_day
	  LEFT JOIN attachment f ON f.id = l.report_id
	 WHERE b.product_id = p_product AND v_seen AND v_lots = 1 AND v_show <> 'none' AND b.warehouse_id = v_warehouse AND b.qty > b.reserved
	 ORDER BY l.expires_on, l.lot_no;
	SELECT o.pid AS id, o.order_no, o.placed_at, o.status, l.ordered_qty, l.approved_qty - l.cancelled_qty AS approved_qty, l.shipped_qty, l.price
	  FROM sales_order_line l
	  JOIN sales_order o ON o.id = l.order_id
	 WHERE l.party_id = v_party AND l.product_id = p_product AND v_seen AND (v_branch IS NULL OR o.branch_id = v_branch)
	 ORDER BY l.id DESC
	 LIMIT 10;
END//

-- Product groups that hold something this company sees: id, name.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_groups(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	SELECT g.id, g.name
	  FROM product_group g
	 WHERE EXISTS (SELECT 1 FROM product_group_item i JOIN product p ON p.id = i.product_id AND p.status = 'active'
		WHERE i.group_id = g.id AND product_visible_to(v_party, p.id, v_day))
	 ORDER BY g.code;
END//

-- Suggestions while typing: code, product, pack, maker, price; the exact code first.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_catalogue_suggest(IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'catalogue.view', v_user, v_party, v_branch);
	SELECT q.id, q.code, q.product, q.pack, q.unit, q.maker, q.qty_multiple, t.price
	  FROM (SELECT p.id, p.code, p.generic_name AS product, p.pack_spec AS pack, p.unit, COALESCE(m.short_name, m.name) AS maker, p.qty_multiple, p.min_qty
		  FROM product p
		  LEFT JOIN party m ON m.id = p.manufacturer_id
		 WHERE p.status = 'active' AND COALESCE(p_q, '') <> ''
		   AND (p.code LIKE CONCAT(p_q, '%') OR p.generic_name LIKE CONCAT('%', p_q, '%') OR p.trade_name LIKE CONCAT('%', p_q, '%')
			OR p.pinyin LIKE CONCAT(p_q, '%') OR p.barcode = p_q)
		   AND product_visible_to(v_party, p.id, v_day)
		 ORDER BY p.code = p_q DESC, p.code
		 LIMIT p_limit) q
	  LEFT JOIN price_tier t ON t.id = price_tier_for(v_party, q.id, GREATEST(q.min_qty, q.qty_multiple), v_day)
	 ORDER BY q.code = p_q DESC, q.code;
END//

DELIMITER ;
