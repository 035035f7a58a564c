-- Portal, flows: what this company reported, month by month, and its rows as
-- received beside as understood; what it bought; what it sells in which hospitals
-- (F088, F091, F119, F121). A user of one branch sees nothing here.
-- Product and terminal are asked by code; '-' is what is not matched.
-- What a diversion of another's credits (class 3, qty > 0) is told by its quantity only: price, amount and paper
-- are the seller's. New rows have none; those of months closed before that stay as they are, so it is seen to here.

DELIMITER //

-- A code as an id: NULL for all, 0 for what is not matched, -1 for nothing of ours.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_asked(p_what VARCHAR(8),
	p_code VARCHAR(60)) RETURNS BIGINT
SQL SECURITY DEFINER READS SQL DATA
RETURN CASE COALESCE(p_code, '') WHEN '' THEN NULL WHEN '-' THEN 0
	ELSE COALESCE(IF(p_what = 'product', (SELECT id FROM product WHERE code = p_code),
		(SELECT id FROM party WHERE code = p_code)), -1) END//

-- 202611 of 2026-11, or of 2026-11-25; NULL of what is no month.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION month_of(p_text VARCHAR(10)) RETURNS INT
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN IF(p_text REGEXP '^[0-9]{4}-[0-9]{2}', CAST(REPLACE(LEFT(p_text, 7), '-', '') AS SIGNED), NULL)//

-- Months rolled up. p_by: terminal, product, month; p_kind: sale, purchase. Sorts: terminal product
-- code month last_month qty amount flow_rows. Names are joined to what is grouped; to each row only for a search.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_list(IN p_token VARCHAR(64),
	IN p_by VARCHAR(8), IN p_kind VARCHAR(8), IN p_q VARCHAR(60), IN p_from VARCHAR(10),
	IN p_to VARCHAR(10), IN p_product VARCHAR(60), IN p_terminal VARCHAR(60), IN p_sort VARCHAR(32),
	IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_product BIGINT DEFAULT flow_asked('product', p_product);
	DECLARE v_terminal BIGINT DEFAULT flow_asked('party', p_terminal);
	DECLARE v_from INT DEFAULT month_of(p_from);
	DECLARE v_to INT DEFAULT month_of(p_to);
	DECLARE v_sort VARCHAR(32) DEFAULT TRIM(LEADING '-' FROM COALESCE(p_sort, ''));
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT q.*
	  FROM (SELECT g.id, INSERT(g.last, 5, 0, '-') AS month, t.name AS terminal, r.name AS place,
		       p.generic_name AS product, p.pack_spec AS pack, p.unit,
		       COALESCE(p.code, t.code, '-') AS code,
		       IF(p_by <> 'month' AND g.id = 0, 'unmatched', NULL) AS state,
		       g.qty, g.amount, g.flow_rows, INSERT(g.last, 5, 0, '-') AS last_month,
		       CASE v_sort
			WHEN 'qty' THEN LPAD(ROUND(g.qty * 10000) + 10000000000000000, 20, '0')
			WHEN 'amount' THEN LPAD(ROUND(g.amount * 10000) + 10000000000000000, 20, '0')
			WHEN 'flow_rows' THEN LPAD(ROUND(g.flow_rows * 10000) + 10000000000000000, 20, '0')
			WHEN 'month' THEN g.id WHEN 'last_month' THEN g.last
			WHEN 'product' THEN COALESCE(p.generic_name, '')
			WHEN 'code' THEN COALESCE(p.code, '-')
			ELSE COALESCE(t.name, '') END AS sort_key
		  FROM (SELECT CASE p_by WHEN 'month' THEN m.book_period
				WHEN 'product' THEN m.product_id ELSE m.party_id END AS id,
			       SUM(m.qty) AS qty,
			       SUM(IF(m.flow_class = 3, LEAST(m.amount, 0), m.amount)) AS amount,
			       SUM(m.row_count) AS flow_rows, MAX(m.book_period) AS last
			  FROM period x
			  STRAIGHT_JOIN flow_month m ON m.book_period = x.period AND m.kind = p_kind
				AND m.sender_id = v_party
			  LEFT JOIN party t ON p_q <> '' AND t.id = m.party_id
			  LEFT JOIN product p ON p_q <> '' AND p.id = m.product_id
			 WHERE v_branch IS NULL AND x.period BETWEEN v_from AND v_to
			   AND (v_product IS NULL OR m.product_id = v_product)
			   AND (v_terminal IS NULL OR m.party_id = v_terminal)
			   AND (COALESCE(p_q, '') = '' OR t.name LIKE CONCAT('%', p_q, '%')
			   OR t.pinyin LIKE CONCAT(p_q, '%') OR p.generic_name LIKE CONCAT('%', p_q, '%')
			   OR p.pinyin LIKE CONCAT(p_q, '%') OR p.code LIKE CONCAT(p_q, '%'))
			 GROUP BY 1) g
		  LEFT JOIN party t ON p_by = 'terminal' AND t.id = g.id
		  LEFT JOIN region r ON r.code = t.region_code
		  LEFT JOIN product p ON p_by = 'product' AND p.id = g.id) q
	 WHERE p_after_key IS NULL OR IF(v_desc, (q.sort_key, q.id) < (p_after_key, p_after_id),
			(q.sort_key, q.id) > (p_after_key, p_after_id))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_count(IN p_token VARCHAR(64),
	IN p_by VARCHAR(8), IN p_kind VARCHAR(8), IN p_q VARCHAR(60), IN p_from VARCHAR(10),
	IN p_to VARCHAR(10), IN p_product VARCHAR(60), IN p_terminal VARCHAR(60))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_product BIGINT DEFAULT flow_asked('product', p_product);
	DECLARE v_terminal BIGINT DEFAULT flow_asked('party', p_terminal);
	DECLARE v_from INT DEFAULT month_of(p_from);
	DECLARE v_to INT DEFAULT month_of(p_to);

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT CASE p_by WHEN 'month' THEN m.book_period WHEN 'product' THEN m.product_id
			ELSE m.party_id END AS id
		  FROM period x
		  STRAIGHT_JOIN flow_month m ON m.book_period = x.period AND m.kind = p_kind
				AND m.sender_id = v_party
		  LEFT JOIN party t ON p_q <> '' AND t.id = m.party_id
		  LEFT JOIN product p ON p_q <> '' AND p.id = m.product_id
		 WHERE v_branch IS NULL AND x.period BETWEEN v_from AND v_to
		   AND (v_product IS NULL OR m.product_id = v_product)
		   AND (v_terminal IS NULL OR m.party_id = v_terminal)
		   AND (COALESCE(p_q, '') = '' OR t.name LIKE CONCAT('%', p_q, '%')
		   OR t.pinyin LIKE CONCAT(p_q, '%') OR p.generic_name LIKE CONCAT('%', p_q, '%')
		   OR p.pinyin LIKE CONCAT(p_q, '%') OR p.code LIKE CONCAT(p_q, '%'))
		 GROUP BY 1
		 LIMIT 1001) q;
END//

-- The same rows by month (yyyy-mm), the last row, its month NULL, all of them.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_months(IN p_token VARCHAR(64),
	IN p_by VARCHAR(8), IN p_kind VARCHAR(8), IN p_q VARCHAR(60), IN p_from VARCHAR(10),
	IN p_to VARCHAR(10), IN p_product VARCHAR(60), IN p_terminal VARCHAR(60))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_product BIGINT DEFAULT flow_asked('product', p_product);
	DECLARE v_terminal BIGINT DEFAULT flow_asked('party', p_terminal);
	DECLARE v_from INT DEFAULT month_of(p_from);
	DECLARE v_to INT DEFAULT month_of(p_to);

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT INSERT(q.month, 5, 0, '-') AS month, q.qty, q.amount, q.flow_rows
	  FROM (SELECT m.book_period AS month, SUM(m.qty) AS qty,
			SUM(IF(m.flow_class = 3, LEAST(m.amount, 0), m.amount)) AS amount, SUM(m.row_count) AS flow_rows
		  FROM period x
		  STRAIGHT_JOIN flow_month m ON m.book_period = x.period AND m.kind = p_kind
				AND m.sender_id = v_party
		  LEFT JOIN party t ON p_q <> '' AND t.id = m.party_id
		  LEFT JOIN product p ON p_q <> '' AND p.id = m.product_id
		 WHERE v_branch IS NULL AND x.period BETWEEN v_from AND v_to
		   AND (v_product IS NULL OR m.product_id = v_product)
		   AND (v_terminal IS NULL OR m.party_id = v_terminal)
		   AND (COALESCE(p_q, '') = '' OR t.name LIKE CONCAT('%', p_q, '%')
		   OR t.pinyin LIKE CONCAT(p_q, '%') OR p.generic_name LIKE CONCAT('%', p_q, '%')
		   OR p.pinyin LIKE CONCAT(p_q, '%') OR p.code LIKE CONCAT(p_q, '%'))
		 GROUP BY m.book_period WITH ROLLUP) q;
END//

-- The days that hold a page of a sender's rows by date: those of p_after, where the page before ended (NULL: the
-- first page), and of p_limit rows behind them.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_days(IN p_party BIGINT, IN p_kind VARCHAR(8),
	IN p_from INT, IN p_to INT, IN p_desc TINYINT, IN p_after DATE, IN p_limit INT, OUT p_first DATE,
	OUT p_last DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SET p_first = COALESCE(p_after, '1000-01-01'), p_last = COALESCE(p_after, '9999-12-31');
	IF p_desc THEN
		SELECT COALESCE(MIN(d.biz_date), p_last) INTO p_first
		  FROM (SELECT f.biz_date
			  FROM flow_row f
			  JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'
			 WHERE f.sender_id = p_party AND f.kind = p_kind AND f.biz_date < p_last
			   AND f.book_period BETWEEN p_from AND p_to
			 ORDER BY f.biz_date DESC LIMIT p_limit) d;
	ELSE
		SELECT COALESCE(MAX(d.biz_date), p_first) INTO p_last
		  FROM (SELECT f.biz_date
			  FROM flow_row f
			  JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'
			 WHERE f.sender_id = p_party AND f.kind = p_kind AND f.biz_date > p_first
			   AND f.book_period BETWEEN p_from AND p_to
			 ORDER BY f.biz_date LIMIT p_limit) d;
	END IF;
END//

-- Rows of imported files, as received beside as understood; appeal: the row, where it may be appealed
-- against. Sorts: biz_date qty amount. By date and without a
-- filter only the days of the page are read.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_rows_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_from VARCHAR(10),
	IN p_to VARCHAR(10), IN p_product VARCHAR(60), IN p_terminal VARCHAR(60), IN p_lot VARCHAR(40),
	IN p_kind VARCHAR(8), IN p_sort VARCHAR(32),
	IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_product BIGINT DEFAULT flow_asked('product', p_product);
	DECLARE v_terminal BIGINT DEFAULT flow_asked('party', p_terminal);
	DECLARE v_from INT DEFAULT month_of(p_from);
	DECLARE v_to INT DEFAULT month_of(p_to);
	DECLARE v_sort VARCHAR(32) DEFAULT TRIM(LEADING '-' FROM COALESCE(p_sort, ''));
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';
	DECLARE v_first DATE DEFAULT '1000-01-01';
	DECLARE v_last DATE DEFAULT '9999-12-31';

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	IF v_sort IN ('', 'biz_date') AND v_product IS NULL AND v_terminal IS NULL AND COALESCE(p_lot, '') = ''
		AND COALESCE(p_q, '') = ''
		AND COALESCE(p_after_key, '') RLIKE '^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$' THEN
		CALL flow_days(v_party, COALESCE(p_kind, 'sale'), v_from, v_to, v_desc,
			NULLIF(p_after_key, ''), p_limit, v_first, v_last);
	END IF;
	SELECT q.id, q.sort_key, f.biz_date, n.name AS raw_party, t.name AS terminal,
	       y.name AS raw_product, y.extra AS raw_spec, p.generic_name AS product,
	       p.pack_spec AS pack, NULLIF(f.lot_no, '') AS lot_no, f.raw_qty,
	       NULLIF(y.unit, '') AS raw_unit, f.qty, p.unit,
	       IF(f.flow_class = 3 AND f.qty > 0, NULL, f.price) AS price,
	       IF(f.flow_class = 3 AND f.qty > 0, NULL, f.amount) AS amount,
	       IF(f.flow_class = 3 AND f.qty > 0, NULL, NULLIF(f.doc_no, '')) AS doc_no,
	       e.name AS file, f.row_no,
	       IF(f.flow_class = 3 AND f.qty > 0, 'credited', IF(n.state = 'foreign' OR y.state = 'foreign', 'foreign',
			IF(f.party_id IS NULL OR f.product_id IS NULL, 'unmatched', NULL))) AS state,
	       IF(f.product_id IS NULL OR f.flow_class = 3, NULL, f.id) AS appeal,
	       INSERT(f.book_period, 5, 0, '-') AS month
	  FROM (SELECT g.*
		  FROM (SELECT f.id, f.book_period, CASE v_sort
			WHEN 'qty' THEN LPAD(ROUND(f.qty * 10000) + 10000000000000000, 20, '0')
			WHEN 'amount' THEN LPAD(ROUND(IF(f.flow_class = 3 AND f.qty > 0, 0, COALESCE(f.amount, 0))
				* 10000) + 10000000000000000, 20, '0')
			ELSE f.biz_date END AS sort_key
		  FROM flow_row f
		  JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'
		 WHERE v_branch IS NULL AND f.sender_id = v_party AND f.kind = COALESCE(p_kind, 'sale')
		   AND f.biz_date BETWEEN v_first AND v_last
		   AND f.book_period BETWEEN v_from AND v_to
		   AND (v_product IS NULL OR COALESCE(f.product_id, 0) = v_product)
		   AND (v_terminal IS NULL OR COALESCE(f.party_id, 0) = v_terminal)
		   AND (COALESCE(p_lot, '') = '' OR f.lot_no = p_lot)
		   AND (COALESCE(p_q, '') = '' OR (f.doc_no LIKE CONCAT(p_q, '%')
			AND NOT (f.flow_class = 3 AND f.qty > 0))
		   OR f.party_name_id IN (SELECT y.id FROM flow_name y WHERE y.sender_id = v_party
			AND y.what = 'party' AND y.name LIKE CONCAT('%', p_q, '%'))
		   OR f.product_name_id IN (SELECT y.id FROM flow_name y WHERE y.sender_id = v_party
			AND y.what = 'product' AND y.name LIKE CONCAT('%', p_q, '%'))
		   OR f.party_id IN (SELECT y.id FROM party y WHERE y.name LIKE CONCAT('%', p_q, '%')))
		 ) g
		 WHERE p_after_key IS NULL OR IF(v_desc, (g.sort_key, g.id) < (p_after_key,
			p_after_id), (g.sort_key, g.id) > (p_after_key, p_after_id))
		 ORDER BY IF(v_desc, g.sort_key, '') DESC, IF(v_desc, g.id, 0) DESC, g.sort_key,
			g.id
		 LIMIT p_limit) q
	  JOIN flow_row f ON f.book_period = q.book_period AND f.id = q.id
	  JOIN flow_file e ON e.id = f.file_id
	  JOIN flow_name n ON n.id = f.party_name_id
	  JOIN flow_name y ON y.id = f.product_name_id
	  LEFT JOIN party t ON t.id = f.party_id
	  LEFT JOIN product p ON p.id = f.product_id
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_rows_count(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_from VARCHAR(10),
	IN p_to VARCHAR(10), IN p_product VARCHAR(60), IN p_terminal VARCHAR(60), IN p_lot VARCHAR(40),
	IN p_kind VARCHAR(8))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_product BIGINT DEFAULT flow_asked('product', p_product);
	DECLARE v_terminal BIGINT DEFAULT flow_asked('party', p_terminal);
	DECLARE v_from INT DEFAULT month_of(p_from);
	DECLARE v_to INT DEFAULT month_of(p_to);

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1
		  FROM flow_row f
		  JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'
		 WHERE v_branch IS NULL AND f.sender_id = v_party AND f.kind = COALESCE(p_kind, 'sale')
		   AND f.book_period BETWEEN v_from AND v_to
		   AND (v_product IS NULL OR COALESCE(f.product_id, 0) = v_product)
		   AND (v_terminal IS NULL OR COALESCE(f.party_id, 0) = v_terminal)
		   AND (COALESCE(p_lot, '') = '' OR f.lot_no = p_lot)
		   AND (COALESCE(p_q, '') = '' OR (f.doc_no LIKE CONCAT(p_q, '%')
			AND NOT (f.flow_class = 3 AND f.qty > 0))
		   OR f.party_name_id IN (SELECT y.id FROM flow_name y WHERE y.sender_id = v_party
			AND y.what = 'party' AND y.name LIKE CONCAT('%', p_q, '%'))
		   OR f.product_name_id IN (SELECT y.id FROM flow_name y WHERE y.sender_id = v_party
			AND y.what = 'product' AND y.name LIKE CONCAT('%', p_q, '%'))
		   OR f.party_id IN (SELECT y.id FROM party y WHERE y.name LIKE CONCAT('%', p_q, '%')))
		 LIMIT 1001) q;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_rows_months(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_from VARCHAR(10),
	IN p_to VARCHAR(10), IN p_product VARCHAR(60), IN p_terminal VARCHAR(60), IN p_lot VARCHAR(40),
	IN p_kind VARCHAR(8))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_product BIGINT DEFAULT flow_asked('product', p_product);
	DECLARE v_terminal BIGINT DEFAULT flow_asked('party', p_terminal);
	DECLARE v_from INT DEFAULT month_of(p_from);
	DECLARE v_to INT DEFAULT month_of(p_to);

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	IF COALESCE(p_lot, '') = '' AND COALESCE(p_q, '') = '' THEN
		-- rolled up already
		CALL portal_flows_months(p_token, 'month', COALESCE(p_kind, 'sale'), NULL, p_from, p_to,
			p_product, p_terminal);
	ELSE
		SELECT INSERT(q.month, 5, 0, '-') AS month, q.qty, q.amount, q.flow_rows
		  FROM (SELECT f.book_period AS month, COALESCE(SUM(f.qty), 0) AS qty,
				COALESCE(SUM(IF(f.flow_class = 3, LEAST(f.amount, 0), f.amount)), 0)
					AS amount, COUNT(*) AS flow_rows
			  FROM flow_row f
			  JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'
			 WHERE v_branch IS NULL AND f.sender_id = v_party AND f.kind = COALESCE(p_kind, 'sale')
			   AND f.book_period BETWEEN v_from AND v_to
			   AND (v_product IS NULL OR COALESCE(f.product_id, 0) = v_product)
			   AND (v_terminal IS NULL OR COALESCE(f.party_id, 0) = v_terminal)
			   AND (COALESCE(p_lot, '') = '' OR f.lot_no = p_lot)
			   AND (COALESCE(p_q, '') = '' OR (f.doc_no LIKE CONCAT(p_q, '%')
			AND NOT (f.flow_class = 3 AND f.qty > 0))
			   OR f.party_name_id IN (SELECT y.id FROM flow_name y WHERE y.sender_id = v_party
				AND y.what = 'party' AND y.name LIKE CONCAT('%', p_q, '%'))
			   OR f.product_name_id IN (SELECT y.id FROM flow_name y WHERE y.sender_id = v_party
				AND y.what = 'product' AND y.name LIKE CONCAT('%', p_q, '%'))
			   OR f.party_id IN (SELECT y.id FROM party y WHERE y.name LIKE CONCAT('%', p_q, '%')))
			 GROUP BY f.book_period WITH ROLLUP) q;
	END IF;
END//

-- By product and lot as reported. Sorts: product lot_no qty last_sold.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_lots_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_from VARCHAR(10),
	IN p_to VARCHAR(10), IN p_product VARCHAR(60), IN p_terminal VARCHAR(60), IN p_lot VARCHAR(40),
	IN p_kind VARCHAR(8), IN p_sort VARCHAR(32),
	IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_product BIGINT DEFAULT flow_asked('product', p_product);
	DECLARE v_terminal BIGINT DEFAULT flow_asked('party', p_terminal);
	DECLARE v_from INT DEFAULT month_of(p_from);
	DECLARE v_to INT DEFAULT month_of(p_to);
	DECLARE v_sort VARCHAR(32) DEFAULT TRIM(LEADING '-' FROM COALESCE(p_sort, ''));
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT q.*
	  FROM (SELECT g.id, p.generic_name AS product, p.pack_spec AS pack, p.unit,
			COALESCE(p.code, '-') AS code, NULLIF(g.lot_no, '') AS lot_no, l.expires_on, g.qty, g.amount,
			g.terminals, g.flow_rows, g.first_sold, g.last_sold,
			CASE v_sort
			WHEN 'qty' THEN LPAD(ROUND(g.qty * 10000) + 10000000000000000, 20, '0')
			WHEN 'last_sold' THEN g.last_sold WHEN 'lot_no' THEN g.lot_no
			ELSE COALESCE(p.generic_name, '') END AS sort_key
		  FROM (SELECT MIN(f.id) AS id, COALESCE(f.product_id, 0) AS product_id, f.lot_no,
			SUM(f.qty) AS qty, SUM(IF(f.flow_class = 3, LEAST(f.amount, 0), f.amount)) AS amount,
			COUNT(*) AS flow_rows,
			COUNT(DISTINCT f.party_name_id) AS terminals,
			MIN(f.biz_date) AS first_sold, MAX(f.biz_date) AS last_sold
		  FROM flow_row f
		  JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'
		 WHERE v_branch IS NULL AND f.sender_id = v_party AND f.kind = COALESCE(p_kind, 'sale')
		   AND f.book_period BETWEEN v_from AND v_to
		   AND (v_product IS NULL OR COALESCE(f.product_id, 0) = v_product)
		   AND (v_terminal IS NULL OR COALESCE(f.party_id, 0) = v_terminal)
		   AND (COALESCE(p_lot, '') = '' OR f.lot_no = p_lot)
		   AND (COALESCE(p_q, '') = '' OR (f.doc_no LIKE CONCAT(p_q, '%')
			AND NOT (f.flow_class = 3 AND f.qty > 0))
		   OR f.party_name_id IN (SELECT y.id FROM flow_name y WHERE y.sender_id = v_party
			AND y.what = 'party' AND y.name LIKE CONCAT('%', p_q, '%'))
		   OR f.product_name_id IN (SELECT y.id FROM flow_name y WHERE y.sender_id = v_party
			AND y.what = 'product' AND y.name LIKE CONCAT('%', p_q, '%'))
		   OR f.party_id IN (SELECT y.id FROM party y WHERE y.name LIKE CONCAT('%', p_q, '%')))
		 GROUP BY COALESCE(f.product_id, 0), f.lot_no) g
		  LEFT JOIN product p ON p.id = g.product_id
		  LEFT JOIN lot l ON l.product_id = g.product_id AND l.lot_key = UPPER(g.lot_no)
		 ) q
	 WHERE p_after_key IS NULL OR IF(v_desc, (q.sort_key, q.id) < (p_after_key, p_after_id),
			(q.sort_key, q.id) > (p_after_key, p_after_id))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- What was reported as bought beside what we shipped and was not refused, by month and product. Sorts: product month
-- reported shipped difference.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_bought_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_from VARCHAR(10),
	IN p_to VARCHAR(10), IN p_product VARCHAR(60), IN p_terminal VARCHAR(60), IN p_sort VARCHAR(32),
	IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_product BIGINT DEFAULT flow_asked('product', p_product);
	DECLARE v_terminal BIGINT DEFAULT flow_asked('party', p_terminal);
	DECLARE v_from INT DEFAULT month_of(p_from);
	DECLARE v_to INT DEFAULT month_of(p_to);
	DECLARE v_sort VARCHAR(32) DEFAULT TRIM(LEADING '-' FROM COALESCE(p_sort, ''));
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';
	DECLARE v_first DATE DEFAULT CAST(CONCAT(LEFT(p_from, 7), '-01') AS DATE);
	DECLARE v_last DATE DEFAULT LAST_DAY(CAST(CONCAT(LEFT(p_to, 7), '-01') AS DATE));

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT q.*
	  FROM (SELECT g.period * 1000000 + g.product_id AS id, INSERT(g.period, 5, 0, '-') AS month,
			p.generic_name AS product, p.pack_spec AS pack, p.unit,
			COALESCE(p.code, '-') AS code, g.reported, g.shipped,
			g.reported - g.shipped AS difference,
			IF(g.reported = g.shipped, 'equal', IF(g.reported < g.shipped, 'less',
				'more')) AS state,
			CASE v_sort WHEN 'difference' THEN LPAD(ROUND((g.reported - g.shipped) * 10000) + 10000000000000000, 20, '0')
			WHEN 'reported' THEN LPAD(ROUND(g.reported * 10000) + 10000000000000000, 20, '0')
			WHEN 'shipped' THEN LPAD(ROUND(g.shipped * 10000) + 10000000000000000, 20, '0')
			WHEN 'month' THEN g.period ELSE COALESCE(p.generic_name, '') END AS sort_key
		  FROM (SELECT u.period, u.product_id, SUM(u.reported) AS reported,
				SUM(u.shipped) AS shipped
			  FROM (SELECT m.book_period AS period, m.product_id, m.qty AS reported,
					0 AS shipped
				  FROM period x
				  STRAIGHT_JOIN flow_month m ON m.book_period = x.period
					AND m.kind = 'purchase' AND m.sender_id = v_party
				 WHERE x.period BETWEEN v_from AND v_to
				UNION ALL
				SELECT YEAR(s.shipped_on) * 100 + MONTH(s.shipped_on), l.product_id, 0,
					l.qty - l.refused_qty
				  FROM shipment s
				  JOIN shipment_line l ON l.party_id = s.party_id
					AND l.shipment_id = s.id
				 WHERE s.party_id = v_party
				   AND s.status IN ('shipped', 'in_transit', 'delivered')
				   AND s.shipped_on BETWEEN v_first AND v_last) u
			 GROUP BY u.period, u.product_id) g
		  LEFT JOIN product p ON p.id = g.product_id
		 WHERE v_branch IS NULL AND (v_product IS NULL OR g.product_id = v_product)
		   AND v_terminal IS NULL
		   AND (COALESCE(p_q, '') = '' OR p.generic_name LIKE CONCAT('%', p_q, '%')
		   OR p.pinyin LIKE CONCAT(p_q, '%') OR p.code LIKE CONCAT(p_q, '%'))) q
	 WHERE p_after_key IS NULL OR IF(v_desc, (q.sort_key, q.id) < (p_after_key, p_after_id),
			(q.sort_key, q.id) > (p_after_key, p_after_id))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- Which products in which terminals, with the three months up to p_to, the three before, and all.
-- state: new, active, stopped. Sorts: terminal product qty_three qty last_sold.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_carried_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_from VARCHAR(10),
	IN p_to VARCHAR(10), IN p_product VARCHAR(60), IN p_terminal VARCHAR(60), IN p_state VARCHAR(8), IN p_sort VARCHAR(32),
	IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_product BIGINT DEFAULT flow_asked('product', p_product);
	DECLARE v_terminal BIGINT DEFAULT flow_asked('party', p_terminal);
	DECLARE v_from INT DEFAULT month_of(p_from);
	DECLARE v_to INT DEFAULT month_of(p_to);
	DECLARE v_sort VARCHAR(32) DEFAULT TRIM(LEADING '-' FROM COALESCE(p_sort, ''));
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';
	DECLARE v_three INT DEFAULT EXTRACT(YEAR_MONTH FROM CAST(CONCAT(LEFT(p_to, 7), '-01') AS DATE)
		- INTERVAL 2 MONTH);
	DECLARE v_six INT DEFAULT EXTRACT(YEAR_MONTH FROM CAST(CONCAT(LEFT(p_to, 7), '-01') AS DATE)
		- INTERVAL 5 MONTH);

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT q.id, q.sort_key, q.terminal, q.place, q.grade, q.terminal_code, q.product, q.pack,
	       q.unit, q.code, q.qty_three, q.qty_before, q.qty, q.state,
	       -- of the rows of the page only
	       (SELECT MAX(f.biz_date) FROM flow_row f
		  JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'
		 WHERE f.book_period = q.last_period AND f.party_id = q.party_id
		   AND f.product_id = q.product_id AND f.sender_id = v_party
		   AND f.kind = 'sale') AS last_sold
	  FROM (SELECT k.*
		  FROM (SELECT c.*, CASE v_sort
				WHEN 'qty_three' THEN LPAD(ROUND(c.qty_three * 10000) + 10000000000000000, 20, '0')
				WHEN 'qty' THEN LPAD(ROUND(c.qty * 10000) + 10000000000000000, 20, '0')
				WHEN 'last_sold' THEN c.last_period WHEN 'product' THEN c.product
				ELSE c.terminal END AS sort_key
			  FROM (SELECT g.*, t.name AS terminal, r.name AS place, t.national_grade AS grade,
				t.code AS terminal_code, p.generic_name AS product, p.pack_spec AS pack,
				p.unit, p.code, IF(g.first_period >= v_three, 'new',
				IF(g.last_period >= v_three, 'active', 'stopped')) AS state
			  FROM (SELECT m.party_id * 1000000 + m.product_id AS id, m.party_id, m.product_id,
				SUM(IF(m.book_period >= v_three, m.qty, 0)) AS qty_three,
				SUM(IF(m.book_period >= v_six AND m.book_period < v_three, m.qty, 0))
					AS qty_before,
				SUM(m.qty) AS qty, MIN(m.book_period) AS first_period,
				MAX(m.book_period) AS last_period
				  FROM period x
				  STRAIGHT_JOIN flow_month m ON m.book_period = x.period AND m.kind = 'sale'
					AND m.sender_id = v_party
				 WHERE v_branch IS NULL AND x.period BETWEEN v_from AND v_to
				   AND m.is_pure_sale = 1 AND m.party_id > 0 AND m.product_id > 0
				   AND (v_product IS NULL OR m.product_id = v_product)
				   AND (v_terminal IS NULL OR m.party_id = v_terminal)
				 GROUP BY m.party_id, m.product_id) g
			  JOIN party t ON t.id = g.party_id
			  LEFT JOIN region r ON r.code = t.region_code
			  JOIN product p ON p.id = g.product_id
			 WHERE COALESCE(p_q, '') = '' OR t.name LIKE CONCAT('%', p_q, '%')
			    OR t.pinyin LIKE CONCAT(p_q, '%') OR p.generic_name LIKE CONCAT('%', p_q, '%')
			    OR p.pinyin LIKE CONCAT(p_q, '%') OR p.code LIKE CONCAT(p_q, '%')) c
			 WHERE COALESCE(p_state, '') IN ('', c.state)) k
		 WHERE p_after_key IS NULL OR IF(v_desc, (k.sort_key, k.id) < (p_after_key, p_after_id),
			(k.sort_key, k.id) > (p_after_key, p_after_id))
		 ORDER BY IF(v_desc, k.sort_key, '') DESC, IF(v_desc, k.id, 0) DESC, k.sort_key, k.id
		 LIMIT p_limit) q
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id;
END//

-- Products of its flows, to choose from: value (code), label.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flows_products(IN p_token VARCHAR(64),
	IN p_from VARCHAR(10), IN p_to VARCHAR(10))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT p.code AS value, CONCAT(p.generic_name, ' ', p.pack_spec) AS label
	  FROM (SELECT DISTINCT m.product_id
		  FROM period x
		  STRAIGHT_JOIN flow_month m ON m.book_period = x.period AND m.kind = 'sale'
				AND m.sender_id = v_party
		 WHERE v_branch IS NULL AND x.period BETWEEN month_of(p_from) AND month_of(p_to)) d
	  JOIN product p ON p.id = d.product_id
	 ORDER BY p.generic_name, p.pack_spec;
END//

DELIMITER ;
