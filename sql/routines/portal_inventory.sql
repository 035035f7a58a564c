-- Portal, inventory: what this company holds as it last reported, by product or lot:
-- months of stock (DOMAIN 2.4), what is slow or near its expiry, and what the balance of
-- the last month says. What a diversion moved (class 3) left no stock here. A user of one branch sees
-- nothing here.

DELIMITER //

-- p_by: product, lot. p_state: high, low, slow (pace), near, expired (state): none hides another. Sorts: product qty months expires_on
-- stock_date.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_inventory_list(IN p_token VARCHAR(64),
	IN p_by VARCHAR(8), IN p_q VARCHAR(60), IN p_state VARCHAR(10),
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_sort VARCHAR(32) DEFAULT TRIM(LEADING '-' FROM COALESCE(p_sort, ''));
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_warn INT DEFAULT param_int('stock.warn_days', 180);
	DECLARE v_slow INT DEFAULT EXTRACT(YEAR_MONTH FROM v_day - INTERVAL
		param_int('flow.slow_days', 90) DAY);
	DECLARE v_high DECIMAL(6,2) DEFAULT (SELECT value FROM param WHERE name = 'flow.months_high');
	DECLARE v_low DECIMAL(6,2) DEFAULT (SELECT value FROM param WHERE name = 'flow.months_low');
	DECLARE v_last INT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT MAX(b.period) INTO v_last FROM flow_balance b WHERE b.party_id = v_party;
	SELECT q.*
	  FROM (SELECT w.*, CASE WHEN w.expires_on < v_day THEN 'expired'
			WHEN w.expires_on < v_day + INTERVAL v_warn DAY THEN 'near' END AS state,
			CASE WHEN w.last_month IS NULL OR w.last_period < v_slow THEN 'slow'
			WHEN w.months > v_high THEN 'high' WHEN w.months < v_low THEN 'low' END AS pace,
			CASE v_sort WHEN 'qty' THEN LPAD(ROUND(w.qty * 10000), 20, '0')
			WHEN 'months' THEN LPAD(ROUND(COALESCE(w.months, 99999) * 100), 20, '0')
			WHEN 'expires_on' THEN COALESCE(w.expires_on, '9999-12-31')
			WHEN 'stock_date' THEN w.stock_date ELSE w.product END AS sort_key
	  FROM (SELECT g.id, g.product_id, p.generic_name AS product, p.pack_spec AS pack, p.code,
			p.unit, NULLIF(g.lot_no, '') AS lot_no, g.lots, g.qty, g.expires_on,
			g.stock_date, ROUND(u.qty / 3, 0) AS monthly,
			ROUND(a.qty / NULLIF(GREATEST(u.qty, 0), 0) * 3, 1) AS months,
			u.last_period, INSERT(u.last_period, 5, 0, '-') AS last_month, d.difference
		  FROM (SELECT IF(p_by = 'lot', CRC32(CONCAT_WS('/', s.product_id, s.lot_no)),
				s.product_id) AS id, MAX(s.product_id) AS product_id,
				IF(p_by = 'lot', MAX(s.lot_no), '') AS lot_no, COUNT(*) AS lots,
				SUM(s.qty) AS qty, MIN(s.expires_on) AS expires_on,
				MAX(s.stock_date) AS stock_date
			  FROM channel_stock s
			 WHERE s.party_id = v_party AND s.qty > 0 AND v_branch IS NULL
			 GROUP BY 1) g
		  JOIN product p ON p.id = g.product_id
		  JOIN (SELECT s.product_id, SUM(s.qty) AS qty FROM channel_stock s
			 WHERE s.party_id = v_party GROUP BY s.product_id) a
				ON a.product_id = g.product_id
		  LEFT JOIN (SELECT m.product_id, MAX(m.book_period) AS last_period,
				SUM(IF(x.ends_on >= v_day - INTERVAL 3 MONTH - INTERVAL DAY(v_day) DAY
					AND x.ends_on < v_day, m.qty, 0)) AS qty
			  FROM period x
			  STRAIGHT_JOIN flow_month m ON m.book_period = x.period AND m.kind = 'sale'
				AND m.sender_id = v_party AND m.flow_class <> 3
			 WHERE x.ends_on >= v_day - INTERVAL 13 MONTH AND x.starts_on <= v_day
			 GROUP BY m.product_id) u ON u.product_id = g.product_id
		  LEFT JOIN (SELECT b.product_id, IF(p_by = 'lot', b.lot_no, '') AS lot_no,
				SUM(b.difference) AS difference
			  FROM flow_balance b
			 WHERE b.party_id = v_party AND b.period = v_last
			 GROUP BY 1, 2) d
				ON d.product_id = g.product_id AND d.lot_no = g.lot_no
		 WHERE COALESCE(p_q, '') = '' OR p.generic_name LIKE CONCAT('%', p_q, '%')
		    OR p.pinyin LIKE CONCAT(p_q, '%') OR p.code LIKE CONCAT(p_q, '%')
		    OR g.lot_no LIKE CONCAT(p_q, '%')) w) q
	 WHERE COALESCE(p_state, '') IN ('', q.state, q.pace)
	   AND (p_after_key IS NULL OR IF(v_desc, (q.sort_key, q.id) < (p_after_key, p_after_id),
			(q.sort_key, q.id) > (p_after_key, p_after_id)))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- One product, or no row; then its months: month, qty (stock at the last count), other (sold).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_inventory_view(IN p_token VARCHAR(64),
	IN p_product BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT p.id, p.code, p.generic_name AS product, p.pack_spec AS pack, p.unit,
	       SUM(s.qty) AS qty, MAX(s.stock_date) AS stock_date, MIN(s.expires_on) AS expires_on
	  FROM channel_stock s
	  JOIN product p ON p.id = s.product_id
	 WHERE s.party_id = v_party AND s.product_id = p_product AND v_branch IS NULL
	 GROUP BY p.id, p.code, p.generic_name, p.pack_spec, p.unit;
	SELECT INSERT(x.period, 5, 0, '-') AS month,
	       COALESCE((SELECT SUM(k.qty) FROM stock_report k
		  JOIN flow_file e ON e.id = k.file_id AND e.status = 'imported'
		 WHERE k.book_period = x.period AND k.sender_id = v_party
		   AND k.product_id = p_product
		   AND k.stock_date = (SELECT MAX(z.stock_date) FROM stock_report z
			JOIN flow_file y ON y.id = z.file_id AND y.status = 'imported'
			WHERE z.book_period = x.period AND z.sender_id = v_party)), 0) AS qty,
	       COALESCE((SELECT SUM(m.qty) FROM flow_month m
		 WHERE m.book_period = x.period AND m.kind = 'sale' AND m.sender_id = v_party
		   AND m.product_id = p_product AND m.flow_class <> 3), 0) AS other
	  FROM period x
	 WHERE v_branch IS NULL AND x.starts_on <= business_day()
	   AND x.ends_on >= business_day() - INTERVAL 12 MONTH
	 ORDER BY x.period;
	SELECT NULLIF(s.lot_no, '') AS lot_no, s.qty, p.unit, s.expires_on,
	       DATEDIFF(s.expires_on, business_day()) AS days, s.stock_date
	  FROM channel_stock s
	  JOIN product p ON p.id = s.product_id
	 WHERE s.party_id = v_party AND s.product_id = p_product AND s.qty > 0 AND v_branch IS NULL
	 ORDER BY s.expires_on, s.lot_no;
END//

DELIMITER ;
