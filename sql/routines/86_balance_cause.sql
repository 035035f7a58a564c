-- Why a balance may not come out: tests in the order of DOMAIN 2.4; the first that holds is proposed,
-- with the row that shows it, and nothing is changed by it.

DELIMITER //

-- Whether a difference is what a row makes that was told in packs of so many, or in pieces instead of packs.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_off_by(p_difference DECIMAL(18,4),
	p_effect DECIMAL(18,4), p_factor DECIMAL(12,6)) RETURNS TINYINT
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN p_factor > 1 AND (p_difference = (p_factor - 1) * p_effect
	OR p_difference * p_factor = -(p_factor - 1) * p_effect)//

-- A cause for the differences that have none yet, from the rows that p_test finds. Rows of this and
-- the neighbouring months are looked at; d is the difference, effect what a row does to the stock.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_cause_rows(IN p_period INT,
	IN p_party BIGINT, IN p_cause VARCHAR(12))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_from, v_to DATE;
	DECLARE v_edge INT DEFAULT param_int('flow.edge_days', 3);

	SELECT starts_on, ends_on INTO v_from, v_to FROM period WHERE period = p_period;
	UPDATE flow_balance b
	  JOIN (SELECT b.product_id, b.lot_no, MIN(r.id) AS row_id
		  FROM flow_balance b
		  JOIN product p ON p.id = b.product_id
		  -- his rows are made whole (LIMIT) first: by product and lot the index holds all senders'
		  JOIN (SELECT id, book_period, file_id, kind, biz_date, party_id, product_id, lot_no,
			       qty, warnings
			  FROM flow_row FORCE INDEX (ix_flow_row_sender)
			 WHERE sender_id = p_party
			   AND book_period BETWEEN PERIOD_ADD(p_period, -1) AND PERIOD_ADD(p_period, 1)
			   AND biz_date BETWEEN v_from - INTERVAL v_edge DAY AND v_to + INTERVAL v_edge DAY
			 LIMIT 100000000) r ON r.product_id = b.product_id AND r.lot_no = b.lot_no
		  JOIN flow_file f ON f.id = r.file_id
		   AND f.status = IF(p_cause = 'superseded', 'superseded', 'imported')
		 WHERE b.period = p_period AND b.party_id = p_party AND b.difference <> 0
		   AND b.cause = 'none'
		   AND CASE p_cause
			WHEN 'unit' THEN r.book_period = p_period AND
				(flow_off_by(b.difference, IF(r.kind = 'sale', -r.qty, r.qty), p.case_qty)
				OR flow_off_by(b.difference, IF(r.kind = 'sale', -r.qty, r.qty),
					p.inner_pack_qty)
				OR EXISTS (SELECT 1 FROM unit_conversion u
					WHERE u.product_id = b.product_id AND u.factor > 1
					  AND flow_off_by(b.difference,
						IF(r.kind = 'sale', -r.qty, r.qty), u.factor)))
			WHEN 'sign' THEN r.book_period = p_period
				AND b.difference = -2 * IF(r.kind = 'sale', -r.qty, r.qty)
			WHEN 'cut_off' THEN
				(r.book_period = p_period
				 AND b.difference = -IF(r.kind = 'sale', -r.qty, r.qty)
				 AND (r.biz_date < v_from + INTERVAL v_edge DAY
				   OR r.biz_date > v_to - INTERVAL v_edge DAY))
				OR (r.book_period <> p_period
				 AND b.difference = IF(r.kind = 'sale', -r.qty, r.qty))
			WHEN 'in_transit' THEN r.kind = 'purchase' AND r.qty > 0
				AND IF(r.book_period = p_period, -r.qty, r.qty) = b.difference
				AND flow_on_road(p_party, r.party_id, r.product_id, r.lot_no, r.qty,
					IF(r.book_period < p_period OR r.book_period = p_period
					AND r.biz_date < v_from + INTERVAL v_edge DAY, v_from, v_to
					+ INTERVAL 1 DAY))
			WHEN 'duplicate' THEN r.book_period = p_period AND r.warnings & 128
				AND b.difference = -IF(r.kind = 'sale', -r.qty, r.qty)
			WHEN 'superseded' THEN r.book_period = p_period
				AND ABS(b.difference) = ABS(r.qty)
				AND NOT EXISTS (SELECT 1 FROM flow_seen n
					WHERE n.book_period = p_period AND n.sender_id = p_party
					  AND n.product_id = r.product_id AND n.lot_no = r.lot_no
					  AND n.biz_date = r.biz_date AND n.qty = r.qty AND n.kind = r.kind)
			END
		 GROUP BY b.product_id, b.lot_no) x
	    ON x.product_id = b.product_id AND x.lot_no = b.lot_no
	   SET b.cause = p_cause, b.cause_row_id = x.row_id
	 WHERE b.period = p_period AND b.party_id = p_party AND b.cause = 'none';
END//

-- Whether so much of a lot was on the road to the sender before p_day: we shipped it, or the distributor
-- he buys from told of selling it.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_on_road(p_sender BIGINT,
	p_party BIGINT, p_product BIGINT, p_lot VARCHAR(40), p_qty DECIMAL(18,4),
	p_day DATE) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN IF(NOT EXISTS (SELECT 1 FROM party_role WHERE party_id = p_party AND role = 'company'),
	EXISTS (SELECT 1 FROM flow_seen r
	 WHERE r.sender_id = p_party AND r.kind = 'sale' AND r.party_id = p_sender
	   AND r.product_id = p_product AND r.lot_no = p_lot AND r.qty = p_qty
	   AND r.biz_date < p_day AND r.biz_date > p_day - INTERVAL 40 DAY),
   EXISTS (SELECT 1 FROM shipment h
	  JOIN shipment_line l ON l.party_id = h.party_id AND l.shipment_id = h.id
	  JOIN lot ON lot.id = l.lot_id AND lot.lot_no = p_lot
	 WHERE h.party_id = p_sender AND l.product_id = p_product AND h.shipped_on < p_day
	   AND h.shipped_on > p_day - INTERVAL 40 DAY
	 GROUP BY h.id
	HAVING SUM(l.qty) = p_qty OR MAX(l.qty = p_qty)))//

-- Two differences that cancel out: lots of one product, or (mapping) packs of one medicine.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_cause_pairs(IN p_period INT,
	IN p_party BIGINT, IN p_cause VARCHAR(12))
SQL SECURITY DEFINER MODIFIES SQL DATA
UPDATE flow_balance b
  JOIN (SELECT a.product_id, a.lot_no, MIN(r.id) AS row_id
	  FROM flow_balance a
	  JOIN product p ON p.id = a.product_id
	  JOIN flow_balance o ON o.period = p_period AND o.party_id = p_party
	   AND o.difference = -a.difference AND o.cause = 'none'
	   AND IF(p_cause = 'lot', o.product_id = a.product_id AND o.lot_no <> a.lot_no,
		o.product_id <> a.product_id AND o.lot_no = a.lot_no)
	  JOIN product q ON q.id = o.product_id AND q.generic_name = p.generic_name
	  LEFT JOIN (SELECT id, kind, product_id, lot_no, qty
		  FROM flow_row FORCE INDEX (ix_flow_row_sender)
		 WHERE book_period = p_period AND sender_id = p_party
		 LIMIT 100000000) r ON r.product_id IN (a.product_id, o.product_id)
	   AND r.lot_no IN (a.lot_no, o.lot_no) AND ABS(r.qty) = ABS(a.difference)
	   AND r.product_id = IF(p_cause = 'mapping', IF((a.difference > 0) = (r.kind = 'sale'),
		a.product_id, o.product_id), r.product_id)
	   AND r.lot_no = IF(p_cause = 'lot', IF((a.difference > 0) = (r.kind = 'sale'), a.lot_no,
		o.lot_no), r.lot_no)
	 WHERE a.period = p_period AND a.party_id = p_party AND a.difference <> 0
	   AND a.cause = 'none'
	 GROUP BY a.product_id, a.lot_no) x ON x.product_id = b.product_id AND x.lot_no = b.lot_no
   SET b.cause = p_cause, b.cause_row_id = x.row_id
 WHERE b.period = p_period AND b.party_id = p_party AND b.cause = 'none'//

-- Whether the sender told nothing for two working days running, although he tells of most days.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_has_gap(p_period INT,
	p_party BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_day, v_to DATE;
	DECLARE v_run, v_longest, v_told, v_work INT DEFAULT 0;

	SELECT starts_on, LEAST(ends_on, business_day()) INTO v_day, v_to
	  FROM period WHERE period = p_period;
	WHILE v_day <= v_to DO
		IF is_working_day(v_day) THEN
			SET v_work = v_work + 1;
			IF EXISTS (SELECT 1 FROM flow_seen WHERE book_period = p_period
				AND sender_id = p_party AND biz_date = v_day AND kind = 'sale') THEN
				SET v_told = v_told + 1, v_run = 0;
			ELSE
				SET v_run = v_run + 1, v_longest = GREATEST(v_longest, v_run);
			END IF;
		END IF;
		SET v_day = v_day + INTERVAL 1 DAY;
	END WHILE;
	RETURN v_longest >= 2 AND v_told * 10 >= 6 * (v_work - v_longest);
END//

-- All causes of a sender's month. Rows told twice, and purchases that cross the end of the month with the
-- goods on the road, are looked for before other rows near that end: DOMAIN has these later, but dated
-- like a cut-off they would be taken for one.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_causes(IN p_period INT,
	IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
causes: BEGIN
	DECLARE v_to DATE DEFAULT (SELECT ends_on FROM period WHERE period = p_period);

	UPDATE flow_balance SET cause = 'none', cause_row_id = NULL
	 WHERE period = p_period AND party_id = p_party AND cause <> 'none';
	IF NOT EXISTS (SELECT 1 FROM flow_balance WHERE period = p_period AND party_id = p_party
		AND difference <> 0) THEN
		LEAVE causes;
	END IF;
	CALL flow_cause_pairs(p_period, p_party, 'lot');
	CALL flow_cause_rows(p_period, p_party, 'unit');
	CALL flow_cause_rows(p_period, p_party, 'sign');
	CALL flow_cause_rows(p_period, p_party, 'duplicate');
	CALL flow_cause_rows(p_period, p_party, 'in_transit');
	CALL flow_cause_rows(p_period, p_party, 'cut_off');
	UPDATE flow_balance b
	   SET b.cause = 'in_transit'
	 WHERE b.period = p_period AND b.party_id = p_party AND b.difference > 0
	   AND b.cause = 'none' AND b.in_transit >= b.difference
	   AND EXISTS (SELECT 1 FROM shipment h
		JOIN shipment_line l ON l.party_id = h.party_id AND l.shipment_id = h.id
		JOIN lot ON lot.id = l.lot_id AND lot.lot_no = b.lot_no
		WHERE h.party_id = p_party AND l.product_id = b.product_id AND h.shipped_on <= v_to
		  AND h.shipped_on > v_to - INTERVAL 40 DAY
		HAVING SUM(l.qty = b.difference) > 0 OR SUM(l.qty) = b.difference);
	CALL flow_cause_pairs(p_period, p_party, 'mapping');
	IF flow_has_gap(p_period, p_party) THEN
		UPDATE flow_balance SET cause = 'gap'
		 WHERE period = p_period AND party_id = p_party AND difference < 0
		   AND cause = 'none';
	END IF;
	CALL flow_cause_rows(p_period, p_party, 'superseded');
	UPDATE flow_balance SET cause = IF(opening_of = 'none', 'gap', 'unexplained')
	 WHERE period = p_period AND party_id = p_party AND difference <> 0
	   AND cause = 'none';
END//

-- One sender's month that is due: levels, credit, balance, causes. What follows from another closing count
-- is due in the month after.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_piece(IN p_period INT,
	IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
piece: BEGIN
	DECLARE v_status VARCHAR(8);

	CALL flow_turn_take(p_party);
	SELECT status INTO v_status FROM period WHERE period = p_period LOCK IN SHARE MODE;
	DELETE FROM flow_dirty WHERE period = p_period AND party_id = p_party;
	IF ROW_COUNT() = 0 OR v_status NOT IN ('open', 'review') THEN
		LEAVE piece;
	END IF;
	CALL flow_level_make(p_period, p_party);
	CALL flow_credit_make(p_period, p_party);
	CALL flow_balance_make(p_period, p_party);
	CALL flow_warn_make(p_period, p_party);
	CALL flow_causes(p_period, p_party);
	INSERT IGNORE INTO flow_dirty (period, party_id)
	SELECT n.period, p_party
	  FROM period n
	 WHERE n.period = PERIOD_ADD(p_period, 1) AND n.status IN ('open', 'review')
	   AND EXISTS (SELECT 1 FROM flow_balance b
		LEFT JOIN flow_balance a ON a.period = n.period AND a.party_id = p_party
		 AND a.product_id = b.product_id AND a.lot_no = b.lot_no
		WHERE b.period = p_period AND b.party_id = p_party
		  AND COALESCE(b.reported, 0) <> COALESCE(a.opening, 0));
	UPDATE period_run SET pieces_done = LEAST(pieces, pieces_done + 1)
	 WHERE live_key = p_period AND action = 'lock' AND state = 'running';
END//

-- A person says why a difference is so (explained) or takes it as it is (accepted: flow.approve).
-- No row when it is not open, or has changed since. The row is held by its primary key first, as
-- flow_piece() does: by its id the index of ids came first, and the two could wait for each other.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_balance_decide(IN p_id BIGINT,
	IN p_version INT, IN p_state VARCHAR(10), IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_period INT;
	DECLARE v_party, v_product, v_held BIGINT;
	DECLARE v_lot VARCHAR(40);

	SELECT MAX(period), MAX(party_id), MAX(product_id), MAX(lot_no)
	  INTO v_period, v_party, v_product, v_lot
	  FROM flow_balance WHERE id = p_id;
	IF COALESCE(TRIM(p_note), '') = '' THEN
		CALL refuse('required|note');
	ELSEIF v_period IS NOT NULL THEN
		CALL period_hold(v_period);
		SELECT COUNT(*) INTO v_held
		  FROM flow_balance
		 WHERE period = v_period AND party_id = v_party AND product_id = v_product AND lot_no = v_lot
		   FOR UPDATE;
	END IF;
	UPDATE flow_balance
	   SET state = p_state, note = p_note, decided_by = @actor_id,
	       decided_at = UTC_TIMESTAMP(6), version = version + 1
	 WHERE id = p_id AND version = p_version AND state IN ('open', 'explained')
	   AND p_state IN ('explained', 'accepted');
	IF ROW_COUNT() > 0 THEN
		SELECT p_id AS id;
	END IF;
END//

DELIMITER ;
