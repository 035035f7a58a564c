-- What is worked out of a sender's reports of one month (flow_dirty says where it is due): who
-- has the credit of each sale, and whether opening, rows and closing agree (DOMAIN 2.4). The
-- importer, decided names and approved corrections only mark a month; flow_piece() does it.

DELIMITER //

-- Whose sales these are by the responsibility of the day, and the roll-up by it. Of several groups
-- the narrower stands before all products; shares below 1 are kept row by row in flow_split.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_credit_make(IN p_period INT,
	IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DELETE s FROM flow_split s
	  JOIN flow_row r ON r.book_period = s.book_period AND r.id = s.row_id
	 WHERE s.book_period = p_period AND r.book_period = p_period AND r.sender_id = p_party;
	INSERT INTO flow_split (book_period, row_id, user_id, org_unit_id, share)
	SELECT q.book_period, q.id, q.user_id, MAX(q.org_unit_id), SUM(q.share)
	  FROM (SELECT d.book_period, d.id, d.user_id, d.org_unit_id, d.share,
		       DENSE_RANK() OVER (PARTITION BY d.id ORDER BY d.group_key DESC) AS narrow
		  FROM flow_duty d
		 WHERE d.book_period = p_period AND d.sender_id = p_party) q
	 WHERE q.narrow = 1 AND q.share < 1
	 GROUP BY q.book_period, q.id, q.user_id;
	UPDATE flow_row r
	  LEFT JOIN (SELECT q.id, q.user_id, q.org_unit_id
		  FROM (SELECT d.id, d.user_id, d.org_unit_id,
			       ROW_NUMBER() OVER (PARTITION BY d.id
				ORDER BY d.group_key DESC, d.share DESC, d.user_id) AS n
			  FROM flow_duty d
			 WHERE d.book_period = p_period AND d.sender_id = p_party) q
		 WHERE q.n = 1) o ON o.id = r.id
	   SET r.rep_id = o.user_id, r.org_unit_id = o.org_unit_id
	 WHERE r.book_period = p_period AND r.sender_id = p_party AND r.is_pure_sale = 1
	   AND NOT (r.rep_id <=> o.user_id AND r.org_unit_id <=> o.org_unit_id);
	IF ROW_COUNT() > 0 THEN
		CALL flow_month_make(p_period, p_party);
	ELSE
		CALL flow_share_make(p_period, p_party);
	END IF;
END//

-- The roll-up of one sender and month, anew from its rows.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_month_make(IN p_period INT,
	IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DELETE FROM flow_month
	 WHERE book_period = p_period AND kind IN ('purchase', 'sale') AND sender_id = p_party;
	INSERT INTO flow_month (book_period, kind, sender_id, product_id, party_id, rep_id, flow_level,
		is_pure_sale, flow_class, org_unit_id, qty, amount, row_count)
	SELECT r.book_period, r.kind, r.sender_id, COALESCE(r.product_id, 0), COALESCE(r.party_id, 0),
	       COALESCE(r.rep_id, 0), r.flow_level, r.is_pure_sale, r.flow_class, MAX(r.org_unit_id),
	       SUM(r.qty), SUM(COALESCE(r.amount, 0)), COUNT(*)
	  FROM flow_seen r
	  JOIN flow_name n ON n.id = r.product_name_id
	  LEFT JOIN flow_name_past k ON k.period = r.book_period AND k.name_id = n.id
	 WHERE r.book_period = p_period AND r.sender_id = p_party
	   AND COALESCE(k.is_foreign, n.state = 'foreign') = 0
	 GROUP BY r.book_period, r.kind, r.sender_id, COALESCE(r.product_id, 0),
	       COALESCE(r.party_id, 0), COALESCE(r.rep_id, 0), r.flow_level, r.is_pure_sale,
	       r.flow_class;
	CALL flow_share_make(p_period, p_party);
END//

-- The rows of the roll-up that move shares from the first rep of a sale to the others.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_share_make(IN p_period INT,
	IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DELETE FROM flow_month
	 WHERE book_period = p_period AND kind = 'sale' AND sender_id = p_party AND is_share = 1;
	INSERT INTO flow_month (book_period, kind, sender_id, product_id, party_id, rep_id, flow_level,
		is_pure_sale, flow_class, is_share, org_unit_id, qty, amount, row_count, shared)
	SELECT book_period, kind, sender_id, product_id, party_id, rep_id, flow_level, is_pure_sale,
	       flow_class, 1, MAX(org_unit_id), SUM(qty), SUM(amount), 0, SUM(shared)
	  FROM flow_share
	 WHERE book_period = p_period AND sender_id = p_party
	 GROUP BY book_period, kind, sender_id, product_id, party_id, rep_id, flow_level, is_pure_sale,
	       flow_class;
END//

-- Where a distributor stands by himself, without what he bought: his class, where it is a step (DOMAIN 1.1), else
-- 1 a customer of ours, 2 another.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION party_level(p_party BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN (SELECT IF(p.distributor_level IN (1, 2), p.distributor_level,
		IF(EXISTS (SELECT 1 FROM customer c WHERE c.party_id = p.id), 1, 2))
	  FROM party p WHERE p.id = p_party)//

-- The level of a sender's sales by product, from the chain of sellers of the year up to a month: the shortest way
-- from us; 3 is the third and all behind it. A product that is not told: party_level().
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_levels(IN p_sender BIGINT,
	IN p_period INT)
SQL SECURITY DEFINER READS SQL DATA
SELECT product_id, LEAST(3, MIN(flow_level)) AS flow_level
  FROM flow_way
 WHERE party_id = p_sender AND book_period BETWEEN PERIOD_ADD(p_period, -11) AND p_period
 GROUP BY product_id//

-- That of one product, NULL where the chain does not tell it.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_level_of(p_party BIGINT, p_product BIGINT,
	p_period INT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN (SELECT LEAST(3, MIN(flow_level))
	  FROM flow_way
	 WHERE party_id = p_party AND product_id = p_product
	   AND book_period BETWEEN PERIOD_ADD(p_period, -11) AND p_period)//

-- The levels of a sender's rows of one month by the chain as it is known now; corrections keep that of the row
-- they correct. Those who bought of him, and stand elsewhere than behind him, are due.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_level_make(IN p_period INT,
	IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_else TINYINT DEFAULT party_level(p_party);

	IF EXISTS (SELECT 1
		  FROM flow_month m
		  LEFT JOIN (SELECT product_id, LEAST(3, MIN(flow_level)) AS flow_level
			  FROM flow_way
			 WHERE party_id = p_party
			   AND book_period BETWEEN PERIOD_ADD(p_period, -11) AND p_period
			 GROUP BY product_id) w ON w.product_id = m.product_id
		 WHERE m.book_period = p_period AND m.kind IN ('sale', 'purchase')
		   AND m.sender_id = p_party
		   AND m.flow_level <> COALESCE(w.flow_level, v_else) - (m.kind = 'purchase')) THEN
		UPDATE flow_row r
		  LEFT JOIN (SELECT product_id, LEAST(3, MIN(flow_level)) AS flow_level
			  FROM flow_way
			 WHERE party_id = p_party
			   AND book_period BETWEEN PERIOD_ADD(p_period, -11) AND p_period
			 GROUP BY product_id) w ON w.product_id = r.product_id
		   SET r.flow_level = COALESCE(w.flow_level, v_else) - (r.kind = 'purchase')
		 WHERE r.book_period = p_period AND r.sender_id = p_party AND r.corrects_id IS NULL
		   AND r.flow_level <> COALESCE(w.flow_level, v_else) - (r.kind = 'purchase');
		IF ROW_COUNT() > 0 THEN
			CALL flow_month_make(p_period, p_party);
		END IF;
	END IF;
	INSERT IGNORE INTO flow_dirty (period, party_id)
	SELECT DISTINCT p_period, b.sender_id
	  FROM flow_month m
	 STRAIGHT_JOIN flow_month b ON b.book_period = m.book_period AND b.kind = 'sale'
	   AND b.sender_id = m.party_id AND b.product_id = m.product_id
	 WHERE m.book_period = p_period AND m.kind = 'sale' AND m.sender_id = p_party
	   AND m.product_id <> 0 AND m.is_pure_sale = 0 AND m.flow_class <> 3 AND m.qty > 0
	   AND b.sender_id <> p_party AND b.flow_class = 1 AND b.is_share = 0
	   AND b.flow_level <> LEAST(3, m.flow_level + 1)
	   AND b.flow_level <> flow_level_of(b.sender_id, b.product_id, p_period);
END//

-- Parameter with decimals.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION param_decimal(p_name VARCHAR(60),
	p_default DECIMAL(12,4)) RETURNS DECIMAL(12,4)
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN COALESCE((SELECT CAST(value AS DECIMAL(12,4)) FROM param WHERE name = p_name), p_default)//

-- The day of a sender's closing count: his last count of the month, when near enough to its end.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_count_day(p_period INT,
	p_party BIGINT) RETURNS DATE
SQL SECURITY DEFINER READS SQL DATA
RETURN (SELECT MAX(s.stock_date)
	  FROM stock_report s
	  JOIN flow_file f ON f.id = s.file_id AND f.status = 'imported'
	  JOIN period p ON p.period = p_period
	 WHERE s.book_period = p_period AND s.sender_id = p_party
	   AND s.stock_date >= p.ends_on - INTERVAL param_int('flow.edge_days', 3) DAY)//

-- The balance of a sender's month by product and lot. A decision on a difference (explained,
-- accepted) stays as long as the difference does. On the road is what we shipped, less what he
-- bought of us, from the day of arrival less what was refused or damaged. What he sends back was
-- bought before: it is not on the road again; a correction counts as the row it corrects.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_balance_make(IN p_period INT,
	IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_before INT DEFAULT PERIOD_ADD(p_period, -1);
	DECLARE v_day DATE DEFAULT flow_count_day(p_period, p_party);
	DECLARE v_from, v_to DATE;
	DECLARE v_round BIGINT;
	DECLARE v_of VARCHAR(8);
	DECLARE v_lot, v_product DECIMAL(12,4);

	SELECT starts_on, ends_on INTO v_from, v_to FROM period WHERE period = p_period;
	SELECT COALESCE(MAX(round), 0) + 1 INTO v_round
	  FROM flow_balance WHERE period = p_period AND party_id = p_party;
	SET v_lot = param_decimal('flow.lot_percent', 0) / 100,
	    v_product = param_decimal('flow.balance_percent', 0.5) / 100,
	    v_of = CASE
		WHEN EXISTS (SELECT 1 FROM flow_balance WHERE period = v_before AND party_id = p_party
			AND reported IS NOT NULL) THEN 'reported'
		WHEN EXISTS (SELECT 1 FROM flow_stock_entry WHERE period = p_period
			AND party_id = p_party AND what = 'opening') THEN 'approved'
		ELSE 'none' END;
	INSERT INTO flow_balance (period, party_id, product_id, lot_no, opening, opening_of, purchased,
		transferred, sold, returned, adjusted, reported, in_transit, state, round)
	SELECT p_period, p_party, q.product_id, q.lot_no, q.opening, v_of, q.purchased, q.transferred,
	       q.sold, q.returned, q.adjusted, IF(v_day IS NULL, NULL, q.reported),
	       GREATEST(0, q.in_transit),
	       IF(v_day IS NULL OR ABS(q.reported - (q.opening + q.purchased + q.transferred - q.sold
		- q.returned + q.adjusted)) <= IF(q.lot_no = '', v_product, v_lot)
		* GREATEST(q.opening, q.purchased, q.sold, 0), 'ok', 'open'), v_round
	  FROM (SELECT t.product_id, t.lot_no, SUM(t.opening) AS opening, SUM(t.purchased) AS purchased,
		       SUM(t.transferred) AS transferred, SUM(t.sold) AS sold,
		       SUM(t.returned) AS returned, SUM(t.adjusted) AS adjusted,
		       SUM(t.reported) AS reported, SUM(t.in_transit) AS in_transit
		  FROM (SELECT product_id, lot_no, IF(v_of = 'reported', COALESCE(reported, 0), 0)
			       AS opening, 0 AS purchased, 0 AS transferred, 0 AS sold, 0 AS returned,
			       0 AS adjusted, 0 AS reported, in_transit
			  FROM flow_balance WHERE period = v_before AND party_id = p_party
			 UNION ALL
			SELECT product_id, lot_no, IF(what = 'opening' AND v_of = 'approved', qty, 0),
			       0, 0, 0, 0, CASE what WHEN 'gain' THEN qty WHEN 'loss' THEN -qty ELSE 0 END,
			       0, 0
			  FROM flow_stock_entry WHERE period = p_period AND party_id = p_party
			 UNION ALL
			SELECT r.product_id, r.lot_no, 0,
			       IF(r.kind = 'purchase' AND d.party_id IS NULL AND r.qty > 0, r.qty, 0),
			       IF(d.party_id IS NULL, 0, r.effect),
			       IF(r.kind = 'sale' AND d.party_id IS NULL AND r.qty > 0, r.qty, 0),
			       IF(d.party_id IS NULL AND r.qty < 0, -r.effect, 0), 0, 0,
			       IF(r.kind = 'purchase' AND o.party_id IS NOT NULL
				AND COALESCE(w.qty, r.qty) > 0, -r.qty, 0)
			  FROM flow_seen r
			  LEFT JOIN flow_row w ON w.book_period = r.book_period AND w.id = r.corrects_id
			  LEFT JOIN party_role d ON d.party_id = r.party_id AND d.role = 'distributor'
			  LEFT JOIN party_role o ON o.party_id = r.party_id AND o.role = 'company'
			 WHERE r.book_period = p_period AND r.sender_id = p_party
			   AND r.product_id IS NOT NULL AND r.flow_class <> 3
			   AND NOT (r.origin = 'correction' AND r.biz_date < v_from)
			 UNION ALL
			SELECT s.product_id, s.lot_no, 0, 0, 0, 0, 0, 0, s.qty, 0
			  FROM stock_report s
			  JOIN flow_file f ON f.id = s.file_id AND f.status = 'imported'
			 WHERE s.book_period = p_period AND s.sender_id = p_party
			   AND s.stock_date = v_day AND s.product_id IS NOT NULL
			 UNION ALL
			SELECT l.product_id, lot.lot_no, 0, 0, 0, 0, 0, 0, 0,
			       IF(h.shipped_on >= v_from, l.qty, 0)
			       - IF(a.arrived_on BETWEEN v_from AND v_to, l.refused_qty + l.damaged_qty, 0)
			  FROM shipment h
			  LEFT JOIN arrival a ON a.shipment_id = h.id
			  JOIN shipment_line l ON l.party_id = h.party_id AND l.shipment_id = h.id
			  JOIN lot ON lot.id = l.lot_id
			 WHERE h.party_id = p_party AND h.status IN ('shipped', 'in_transit', 'delivered')
			   AND h.shipped_on <= v_to
			   AND (h.shipped_on >= v_from OR a.arrived_on >= v_from)) t
		 GROUP BY t.product_id, t.lot_no) q
	 WHERE q.opening <> 0 OR q.purchased <> 0 OR q.transferred <> 0 OR q.sold <> 0
	    OR q.returned <> 0 OR q.adjusted <> 0 OR q.reported <> 0 OR q.in_transit > 0
	    ON DUPLICATE KEY UPDATE
	       state = IF(flow_balance.state IN ('explained', 'accepted') AND flow_balance.difference
		<=> VALUES(reported) - (VALUES(opening) + VALUES(purchased) + VALUES(transferred)
		- VALUES(sold) - VALUES(returned) + VALUES(adjusted)), flow_balance.state, VALUES(state)),
	       version = flow_balance.version + (flow_balance.state = 'open'),
	       opening = VALUES(opening), opening_of = VALUES(opening_of),
	       purchased = VALUES(purchased), transferred = VALUES(transferred), sold = VALUES(sold),
	       returned = VALUES(returned), adjusted = VALUES(adjusted), reported = VALUES(reported),
	       in_transit = VALUES(in_transit), round = VALUES(round);
	DELETE FROM flow_balance
	 WHERE period = p_period AND party_id = p_party AND round <> v_round;
	UPDATE flow_balance
	   SET note = NULL, decided_by = NULL, decided_at = NULL
	 WHERE period = p_period AND party_id = p_party AND state IN ('ok', 'open')
	   AND note IS NOT NULL;
END//

DELIMITER ;
