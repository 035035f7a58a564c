-- What no single row shows, and no file alone (DOMAIN 2.3): looked at when a sender's month is worked out, over
-- all his reports of it. A row keeps the check in its warnings; its file tells it among its issues.
-- V13: a product told of on most days is missing on two or more of them; the row behind the gap bears it.
-- V15: sold of what cannot be there: the stock known is below zero that day. V16: bought from us, never shipped.

DELIMITER //

-- Bits of V13, V15 and V16 in warnings.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_warn_bits() RETURNS INT
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN (1 << 12) | (1 << 14) | (1 << 15)//

-- V13. Days are those on which he told of any sale, so that holidays are none; a product is regular when it
-- is on six of ten of the days around the gap.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_warn_gaps(IN p_period INT, IN p_party BIGINT,
	INOUT p_changed INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE flow_row r
	  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported' AND f.origin <> 'correction'
	  LEFT JOIN (SELECT g.product_id, g.biz_date
		  FROM (SELECT d.product_id, d.biz_date, d.n - LAG(d.n) OVER w - 1 AS missing,
			       COUNT(*) OVER (PARTITION BY d.product_id) AS told, d.days
			  FROM (SELECT x.product_id, x.biz_date, y.n, y.days
				  FROM (SELECT DISTINCT product_id, biz_date FROM flow_seen
					 WHERE book_period = p_period AND sender_id = p_party AND kind = 'sale'
					   AND product_id IS NOT NULL AND origin <> 'correction') x
				  JOIN (SELECT biz_date, ROW_NUMBER() OVER (ORDER BY biz_date) AS n,
					       COUNT(*) OVER () AS days
					  FROM flow_seen
					 WHERE book_period = p_period AND sender_id = p_party AND kind = 'sale'
					   AND origin <> 'correction'
					 GROUP BY biz_date) y ON y.biz_date = x.biz_date) d
			WINDOW w AS (PARTITION BY d.product_id ORDER BY d.n)) g
		 WHERE g.missing >= 2 AND g.told >= 3 AND g.told * 10 >= 6 * (g.days - g.missing)) v
	    ON v.product_id = r.product_id AND v.biz_date = r.biz_date
	   SET r.warnings = r.warnings ^ (1 << 12)
	 WHERE r.book_period = p_period AND r.sender_id = p_party AND r.kind = 'sale'
	   AND (r.warnings >> 12 & 1) <> (v.product_id IS NOT NULL);
	SET p_changed = p_changed + ROW_COUNT();
END//

-- V15, where his purchases of the month are in. What he had at its beginning is known by the balance (opening_of);
-- where it is not, only goods whose first purchase comes later are said to be sold before they were bought.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_warn_stock(IN p_period INT, IN p_party BIGINT,
	INOUT p_changed INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE flow_row r
	  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported' AND f.origin <> 'correction'
	  LEFT JOIN (SELECT s.product_id, s.lot_no, s.biz_date
		  FROM (SELECT d.product_id, d.lot_no, d.biz_date, d.sold,
			       SUM(d.effect) OVER w + COALESCE(b.opening, 0) AS stock,
			       COALESCE(b.opening_of, 'none') AS opening_of,
			       MIN(IF(d.bought > 0, d.biz_date, NULL)) OVER (PARTITION BY d.product_id, d.lot_no)
				AS first_bought
			  FROM (SELECT product_id, lot_no, biz_date, SUM(effect) AS effect,
				       SUM(kind = 'sale' AND qty > 0) AS sold,
				       SUM(kind = 'purchase' AND qty > 0) AS bought
				  FROM flow_seen
				 WHERE book_period = p_period AND sender_id = p_party AND lot_no <> ''
				   AND product_id IS NOT NULL AND origin <> 'correction'
				 GROUP BY product_id, lot_no, biz_date) d
			  LEFT JOIN flow_balance b ON b.period = p_period AND b.party_id = p_party
			   AND b.product_id = d.product_id AND b.lot_no = d.lot_no
			WINDOW w AS (PARTITION BY d.product_id, d.lot_no ORDER BY d.biz_date)) s
		 WHERE s.sold > 0 AND s.stock < 0
		   AND (s.opening_of <> 'none' OR s.first_bought > s.biz_date AND NOT EXISTS (SELECT 1
			FROM flow_balance e WHERE e.period = PERIOD_ADD(p_period, -1) AND e.party_id = p_party
			 AND e.product_id = s.product_id AND e.lot_no = s.lot_no))
		   AND EXISTS (SELECT 1 FROM flow_file o WHERE o.book_period = p_period AND o.party_id = p_party
			AND o.kind = 'purchase' AND o.status = 'imported' AND o.origin <> 'correction')) v
	    ON v.product_id = r.product_id AND v.lot_no = r.lot_no AND v.biz_date = r.biz_date AND r.qty > 0
	   SET r.warnings = r.warnings ^ (1 << 14)
	 WHERE r.book_period = p_period AND r.sender_id = p_party AND r.kind = 'sale'
	   AND (r.warnings >> 14 & 1) <> (v.product_id IS NOT NULL);
	SET p_changed = p_changed + ROW_COUNT();
END//

-- V16: nothing of the product (and lot, where he tells one) left for him by that day.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_warn_unshipped(IN p_period INT, IN p_party BIGINT,
	INOUT p_changed INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE flow_row r
	  LEFT JOIN party_role o ON o.party_id = r.party_id AND o.role = 'company'
	  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported' AND f.origin <> 'correction'
	  LEFT JOIN (SELECT l.product_id, lot.lot_no, MIN(h.shipped_on) AS first_day
		  FROM shipment h
		  JOIN shipment_line l ON l.party_id = h.party_id AND l.shipment_id = h.id
		  JOIN lot ON lot.id = l.lot_id
		 WHERE h.party_id = p_party AND h.status IN ('shipped', 'in_transit', 'delivered')
		 GROUP BY l.product_id, lot.lot_no WITH ROLLUP) s
	    ON s.product_id = r.product_id AND COALESCE(s.lot_no, '') = r.lot_no
	   AND s.first_day <= r.biz_date
	   SET r.warnings = r.warnings ^ (1 << 15)
	 WHERE r.book_period = p_period AND r.sender_id = p_party AND r.kind = 'purchase'
	   AND (r.warnings >> 15 & 1) <> (o.party_id IS NOT NULL AND r.qty > 0 AND r.product_id IS NOT NULL
		AND s.product_id IS NULL);
	SET p_changed = p_changed + ROW_COUNT();
END//

-- A row as it came, by the columns of its file: what was kept of it. For rows of the checks above, which had
-- nothing wrong with them when their file was read.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_warn_tell(IN p_file BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_period, v_heads INT;
	DECLARE v_mapping VARCHAR(2000);

	SELECT book_period, header_row, mapping INTO v_period, v_heads, v_mapping
	  FROM flow_file
	 WHERE id = p_file;
	UPDATE flow_reject
	   SET issues = TRIM(REGEXP_REPLACE(issues, ' ?flow\\.v1[356]:[a-z_]+', ''))
	 WHERE file_id = p_file AND issues REGEXP 'flow\\.v1[356]:';
	DELETE FROM flow_reject WHERE file_id = p_file AND issues = '';
	DELETE FROM flow_issue WHERE file_id = p_file AND code IN ('flow.v13', 'flow.v15', 'flow.v16');
	INSERT INTO flow_reject (file_id, row_no, severity, issues, cells)
	SELECT p_file, q.row_no, 'warning', CONCAT_WS(' ',
		IF(MAX(q.warnings) >> 12 & 1, 'flow.v13:biz_date', NULL),
		IF(MAX(q.warnings) >> 14 & 1, 'flow.v15:qty', NULL), IF(MAX(q.warnings) >> 15 & 1,
		IF(MAX(q.lot_no) = '', 'flow.v16:product_name', 'flow.v16:batch_no'), NULL)),
	       JSON_ARRAYAGG(COALESCE(CASE c.field WHEN 'biz_date' THEN q.biz_date
		WHEN 'counterparty_name' THEN y.name WHEN 'counterparty_code' THEN y.code
		WHEN 'product_name' THEN n.name WHEN 'product_code' THEN n.code
		WHEN 'spec' THEN n.extra WHEN 'unit' THEN n.unit WHEN 'manufacturer' THEN n.maker
		WHEN 'qty' THEN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM q.raw_qty))
		WHEN 'batch_no' THEN q.lot_no WHEN 'amount' THEN q.amount
		WHEN 'doc_no' THEN q.doc_no END, '') ORDER BY c.n)
	  FROM (SELECT r.*
		  FROM flow_row r
		 WHERE r.book_period = v_period AND r.id BETWEEN p_file * 10000000 AND p_file * 10000000 + 9999999
		   AND r.warnings & flow_warn_bits()
		 ORDER BY r.id LIMIT 100000) q
	  JOIN flow_name n ON n.id = q.product_name_id
	  JOIN flow_name y ON y.id = q.party_name_id
	  JOIN (SELECT h.n, k.field
		  FROM (SELECT j.n - 1 AS n
			  FROM flow_head h, JSON_TABLE(h.cells, '$[*]' COLUMNS (n FOR ORDINALITY)) j
			 WHERE h.file_id = p_file AND h.row_no = v_heads) h
		  LEFT JOIN JSON_TABLE(JSON_KEYS(v_mapping), '$[*]' COLUMNS (field VARCHAR(40) PATH '$')) k
		    ON JSON_VALUE(v_mapping, CONCAT('$.', k.field)) = h.n) c
	 GROUP BY q.row_no
	    ON DUPLICATE KEY UPDATE issues = LEFT(CONCAT(flow_reject.issues, ' ', VALUES(issues)), 400);
	INSERT INTO flow_issue (file_id, severity, code, row_count, first_row)
	SELECT p_file, 'warning', c.code, COUNT(*), MIN(r.row_no)
	  FROM flow_row r
	  JOIN (SELECT 12 AS bit, 'flow.v13' AS code UNION ALL SELECT 14, 'flow.v15'
		UNION ALL SELECT 15, 'flow.v16') c ON r.warnings >> c.bit & 1
	 WHERE r.book_period = v_period AND r.id BETWEEN p_file * 10000000 AND p_file * 10000000 + 9999999
	 GROUP BY c.code;
	UPDATE flow_file
	   SET rows_warned = (SELECT COUNT(*) FROM flow_row
		 WHERE book_period = v_period AND id BETWEEN p_file * 10000000 AND p_file * 10000000 + 9999999
		   AND warnings <> 0)
	 WHERE id = p_file;
END//

-- All three for a sender's month; files whose rows changed tell of it anew.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_warn_make(IN p_period INT, IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_file BIGINT DEFAULT 0;
	DECLARE v_sales, v_purchases INT DEFAULT 0;

	CALL flow_warn_gaps(p_period, p_party, v_sales);
	CALL flow_warn_stock(p_period, p_party, v_sales);
	CALL flow_warn_unshipped(p_period, p_party, v_purchases);
	one: LOOP
		SET v_file = (SELECT MIN(id) FROM flow_file
			 WHERE book_period = p_period AND party_id = p_party AND id > v_file
			   AND status = 'imported' AND origin <> 'correction'
			   AND (kind = 'sale' AND v_sales > 0 OR kind = 'purchase' AND v_purchases > 0));
		IF v_file IS NULL THEN
			LEAVE one;
		END IF;
		CALL flow_warn_tell(v_file);
	END LOOP;
END//

DELIMITER ;
