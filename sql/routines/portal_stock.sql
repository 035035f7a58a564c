-- Portal, stock: what we have, as far as the policy shows it to this buyer (E14);
-- what the chain's own branches hold; what this company bought (F080, F120).

DELIMITER //

-- Our stock by product. p_warehouse 0: all. p_status: in-stock, limited, out. Columns: id
-- (product), sort_key, code, product, pack, unit,
-- warehouse, band, free (NULL unless figures), first_expiry (NULL unless lots are shown). No row
-- when the policy shows nothing.
-- Sorts: code product.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_stock_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(10), IN p_warehouse BIGINT,
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_show VARCHAR(8);
	DECLARE v_lots TINYINT;
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';

	CALL portal_guard(p_token, 'stock.view', v_user, v_party, v_branch);
	CALL stock_policy_of(v_party, v_show, v_lots);
	SELECT q.id, q.sort_key, q.code, q.product, q.pack, q.unit, q.band,
	       IF(v_show = 'figures', q.free, NULL) AS free,
	       IF(v_lots, q.first_expiry, NULL) AS first_expiry
	  FROM (SELECT x.*, stock_band(x.free, x.band_low) AS band,
			IF(TRIM(LEADING '-' FROM COALESCE(p_sort, '')) = 'product', x.product,
				x.code) AS sort_key
		  FROM (SELECT o.product_id AS id, o.code, o.generic_name AS product,
				o.pack_spec AS pack, o.unit, o.band_low,
			       COALESCE((SELECT SUM(f.free) FROM free_lot f
					  WHERE f.product_id = o.product_id
							AND COALESCE(p_warehouse, 0) IN (0,
								f.warehouse_id)
				  GROUP BY f.product_id), 0) AS free,
			       (SELECT MIN(f.expires_on) FROM free_lot f
				 WHERE f.product_id = o.product_id
				   AND COALESCE(p_warehouse, 0) IN (0, f.warehouse_id)
				 GROUP BY f.product_id) AS first_expiry
			  FROM offer o
			 WHERE o.party_id = v_party AND o.status = 'active' AND v_show <> 'none'
			   AND (COALESCE(p_q, '') = '' OR o.code LIKE CONCAT(p_q, '%')
			   OR o.generic_name LIKE CONCAT('%', p_q, '%')
			   OR o.trade_name LIKE CONCAT('%', p_q, '%')
			   OR o.pinyin LIKE CONCAT(p_q, '%'))
			   AND o.visible) x) q
	 WHERE (COALESCE(p_status, '') IN ('', q.band))
	   AND (p_after_key IS NULL OR IF(v_desc, (q.sort_key, q.id) < (p_after_key, p_after_id),
			(q.sort_key, q.id) > (p_after_key, p_after_id)))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_stock_count(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(10), IN p_warehouse BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_show VARCHAR(8);
	DECLARE v_lots TINYINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'stock.view', v_user, v_party, v_branch);
	CALL stock_policy_of(v_party, v_show, v_lots);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1
		  FROM offer o
		 WHERE o.party_id = v_party AND o.status = 'active' AND v_show <> 'none'
		   AND (COALESCE(p_q, '') = '' OR o.code LIKE CONCAT(p_q, '%')
		   OR o.generic_name LIKE CONCAT('%', p_q, '%')
		   OR o.trade_name LIKE CONCAT('%', p_q, '%')
		   OR o.pinyin LIKE CONCAT(p_q, '%'))
		   AND o.visible
		   AND (COALESCE(p_status, '') = ''
		   OR p_status = stock_band(COALESCE((SELECT SUM(f.free)
					FROM free_lot f
			WHERE f.product_id = o.product_id
				AND COALESCE(p_warehouse, 0) IN (0, f.warehouse_id)
				  GROUP BY f.product_id), 0), o.band_low))
		 LIMIT 1001) q;
END//

-- Where and in which lots we have one product: warehouse, place, lot_no, produced_on, expires_on,
-- band, free, report (token of the test report).
-- Without lots in the policy one row per warehouse.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_stock_view(IN p_token VARCHAR(64),
	IN p_product BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_show VARCHAR(8);
	DECLARE v_lots TINYINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'stock.view', v_user, v_party, v_branch);
	CALL stock_policy_of(v_party, v_show, v_lots);
	SELECT p.id, p.code, p.generic_name AS product, p.trade_name, p.pack_spec AS pack, p.unit,
	       p.storage_class, m.name AS maker, p.approval_no,
	       stock_band(free_stock(p.id, 0), p.band_low) AS band,
	       IF(v_show = 'figures', free_stock(p.id, 0), NULL) AS free
	  FROM product p
	  LEFT JOIN party m ON m.id = p.manufacturer_id
	 WHERE p.id = p_product AND p.status = 'active' AND v_show <> 'none'
	   AND product_visible_to(v_party, p.id, v_day);
	SELECT w.name AS warehouse, COALESCE(r.name, '') AS place,
	       IF(v_lots, MAX(l.lot_no), NULL) AS lot_no,
	       IF(v_lots, MAX(l.produced_on), NULL) AS produced_on,
	       IF(v_lots, MAX(l.expires_on), NULL) AS expires_on,
	       stock_band(SUM(s.free), MAX(p.band_low)) AS band,
	       IF(v_show = 'figures', CAST(SUM(s.free) AS SIGNED), NULL) AS free,
	       IF(v_lots, MAX(f.token), NULL) AS report
	  FROM free_lot s
	  JOIN lot l ON l.id = s.lot_id
	  JOIN product p ON p.id = s.product_id AND p.status = 'active'
	  JOIN warehouse w ON w.id = s.warehouse_id
	  LEFT JOIN region r ON r.code = w.region_code
	  LEFT JOIN attachment f ON f.id = l.report_id
	 WHERE s.product_id = p_product AND v_show <> 'none'
	   AND product_visible_to(v_party, p_product, v_day)
	 GROUP BY w.id, w.name, r.name, IF(v_lots, l.id, 0)
	 ORDER BY w.id, 5, 3;
END//

-- Warehouses to choose from: id, name.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_stock_places(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'stock.view', v_user, v_party, v_branch);
	SELECT id, name FROM warehouse WHERE kind = 'normal' AND status = 'active' ORDER BY id;
	SELECT id, name FROM party WHERE (parent_id = v_party OR id = v_party) AND status = 'active'
	       AND (v_branch IS NULL OR id = v_branch) ORDER BY id = v_party DESC, name;
END//

-- Stock at the chain's own branches, by product and lot. p_branch 0: all. p_near 1: near expiry
-- only. Sorts: branch code expires_on qty.
-- Columns: id, sort_key, branch, code, product, pack, unit, lot_no, expires_on, days, qty,
-- stock_date, source.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_stock_branches_list(
	IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_branch BIGINT, IN p_near TINYINT,
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_warn INT DEFAULT param_int('stock.warn_days', 180);
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';

	CALL portal_guard(p_token, 'chain-stock.view', v_user, v_party, v_branch);
	SELECT q.id, q.sort_key, q.branch, q.code, q.product, q.pack, q.unit, q.lot_no,
	       q.expires_on, DATEDIFF(q.expires_on, v_day) AS days, q.qty, q.stock_date, q.source
	  FROM (SELECT CRC32(CONCAT_WS('/', s.party_id, s.product_id, s.lot_no)) AS id,
			b.name AS branch, p.code, p.generic_name AS product, p.pack_spec AS pack,
		       p.unit, NULLIF(s.lot_no, '') AS lot_no, s.expires_on, s.qty, s.stock_date,
		       s.source,
		       COALESCE(CASE TRIM(LEADING '-' FROM COALESCE(p_sort, '')) WHEN 'code'
				THEN p.code WHEN 'expires_on' THEN s.expires_on
			WHEN 'qty' THEN LPAD(s.qty, 20, '0') ELSE CONCAT_WS('/', b.name, p.code)
				END, '') AS sort_key
		  FROM party b
		  JOIN channel_stock s ON s.party_id = b.id AND s.qty > 0
		  JOIN product p ON p.id = s.product_id
		 WHERE (b.parent_id = v_party OR b.id = v_party)
		   AND (v_branch IS NULL OR b.id = v_branch) AND COALESCE(p_branch, 0) IN (0, b.id)
		   AND (COALESCE(p_near, 0) = 0 OR s.expires_on < v_day + INTERVAL v_warn DAY)
		   AND (COALESCE(p_q, '') = '' OR p.code LIKE CONCAT(p_q, '%')
		   OR p.generic_name LIKE CONCAT('%', p_q, '%')
		   OR p.pinyin LIKE CONCAT(p_q, '%')
		   OR s.lot_no LIKE CONCAT(p_q, '%') OR b.name LIKE CONCAT('%', p_q, '%'))) q
	 WHERE p_after_key IS NULL
	    OR IF(v_desc, (q.sort_key, q.id) < (p_after_key, p_after_id),
			(q.sort_key, q.id) > (p_after_key, p_after_id))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_stock_branches_count(
	IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_branch BIGINT, IN p_near TINYINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_warn INT DEFAULT param_int('stock.warn_days', 180);

	CALL portal_guard(p_token, 'chain-stock.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1
		  FROM party b
		  JOIN channel_stock s ON s.party_id = b.id AND s.qty > 0
		  JOIN product p ON p.id = s.product_id
		 WHERE (b.parent_id = v_party OR b.id = v_party)
		   AND (v_branch IS NULL OR b.id = v_branch) AND COALESCE(p_branch, 0) IN (0, b.id)
		   AND (COALESCE(p_near, 0) = 0 OR s.expires_on < v_day + INTERVAL v_warn DAY)
		   AND (COALESCE(p_q, '') = '' OR p.code LIKE CONCAT(p_q, '%')
		   OR p.generic_name LIKE CONCAT('%', p_q, '%')
		   OR p.pinyin LIKE CONCAT(p_q, '%')
		   OR s.lot_no LIKE CONCAT(p_q, '%') OR b.name LIKE CONCAT('%', p_q, '%'))
		 LIMIT 1001) q;
END//

-- What this company bought, line by line, latest first (F080). Columns: id, sort_key, placed_at,
-- order_id, order_no, branch, code, product, pack, unit,
-- ordered_qty, approved_qty, shipped_qty, delivered_qty, invoiced_qty, price, amount, status. Only
-- the default sort: placed_at.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_stock_history_list(
	IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_from DATE, IN p_to DATE,
		IN p_branch BIGINT,
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_low, v_high, v_after DATETIME(6);
	DECLARE v_asc TINYINT DEFAULT p_sort = 'placed_at';

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	SET v_low = COALESCE(p_from - INTERVAL 8 HOUR, '2000-01-01'),
	    v_high = COALESCE(p_to + INTERVAL 16 HOUR, '2999-01-01');
	SET v_after = moment_of(p_after_key);
	SELECT q.id, q.placed_at AS sort_key, q.placed_at, q.order_id, q.order_no, q.branch, q.code,
	       q.product, q.pack, q.unit, q.ordered_qty, q.approved_qty,
	       q.shipped_qty, q.delivered_qty, q.invoiced_qty, q.price, q.amount, q.status
	  FROM (SELECT CRC32(CONCAT_WS('/', o.id, l.line_no)) AS id, o.placed_at, o.id AS order_id,
			o.order_no, o.branch, p.code, p.generic_name AS product,
		       p.pack_spec AS pack, p.unit, l.ordered_qty,
		       l.approved_qty - l.cancelled_qty AS approved_qty, l.shipped_qty,
		       l.delivered_qty,
		       l.issued_qty AS invoiced_qty, l.price, l.amount, o.status
		  FROM portal_order o
		  JOIN sales_order_line l ON l.party_id = o.party_id AND l.order_id = o.order_id
		  JOIN product p ON p.id = l.product_id
		 WHERE o.party_id = v_party AND o.placed_at >= v_low AND o.placed_at < v_high
		   AND o.status NOT IN ('draft', 'cancelled', 'rejected')
		   AND (v_after IS NULL OR IF(v_asc, o.placed_at >= v_after,
				o.placed_at <= v_after))
		   AND (v_branch IS NULL OR o.branch_id = v_branch)
		   AND COALESCE(p_branch, 0) IN (0, o.branch_id)
		   AND (COALESCE(p_q, '') = '' OR p.code LIKE CONCAT(p_q, '%')
		   OR p.generic_name LIKE CONCAT('%', p_q, '%')
		   OR p.pinyin LIKE CONCAT(p_q, '%'))) q
	 WHERE v_after IS NULL OR IF(v_asc, (q.placed_at, q.id) > (v_after, p_after_id),
			(q.placed_at, q.id) < (v_after, p_after_id))
	 ORDER BY IF(v_asc, NULL, q.placed_at) DESC, IF(v_asc, NULL, q.id) DESC, q.placed_at, q.id
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_stock_history_count(
	IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_from DATE, IN p_to DATE,
		IN p_branch BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1
		  FROM portal_order o
		  JOIN sales_order_line l ON l.party_id = o.party_id AND l.order_id = o.order_id
		  JOIN product p ON p.id = l.product_id
		 WHERE o.party_id = v_party AND o.placed_at >= COALESCE(p_from - INTERVAL 8 HOUR,
				'2000-01-01')
		   AND o.placed_at < COALESCE(p_to + INTERVAL 16 HOUR, '2999-01-01')
		   AND o.status NOT IN ('draft', 'cancelled', 'rejected')
		   AND (v_branch IS NULL OR o.branch_id = v_branch)
		   AND COALESCE(p_branch, 0) IN (0, o.branch_id)
		   AND (COALESCE(p_q, '') = '' OR p.code LIKE CONCAT(p_q, '%')
		   OR p.generic_name LIKE CONCAT('%', p_q, '%')
		   OR p.pinyin LIKE CONCAT(p_q, '%'))
		 LIMIT 1001) q;
END//

DELIMITER ;
