-- What a name in a report means (DOMAIN 2.5): decided once for its sender, or for all, and carried
-- into the rows of every month that is not locked. Rows keep what was received; the roll-up, the
-- counts of files and the credit of rows follow in the same transaction, or, of a name of many rows, piece
-- by piece after it.

DELIMITER //

-- Sales units in one unit as received, by the narrowest rule; NULL: nobody said.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_unit_factor(p_product BIGINT,
	p_sender BIGINT, p_unit VARCHAR(20)) RETURNS DECIMAL(12,6)
SQL SECURITY DEFINER READS SQL DATA
RETURN COALESCE(
	(SELECT COALESCE(c.factor, p.case_qty)
	  FROM unit_conversion c
	  JOIN product p ON p.id = p_product
	 WHERE c.unit = p_unit AND c.product_id = p_product
	   AND (c.party_id IS NULL OR c.party_id = p_sender)
	 ORDER BY c.party_id IS NULL
	 LIMIT 1),
	(SELECT 1 FROM product p WHERE p.id = p_product AND p_unit IN ('', p.unit)),
	(SELECT COALESCE(c.factor, p.case_qty)
	  FROM unit_conversion c
	  JOIN product p ON p.id = p_product
	 WHERE c.unit = p_unit AND c.product_id IS NULL
	   AND (c.party_id IS NULL OR c.party_id = p_sender)
	 ORDER BY c.party_id IS NULL
	 LIMIT 1))//

-- Rows of a name in one month, behind p_after up to p_to, into the roll-up and the counts of their files, or
-- out of both (p_sign -1). Products of other makers count nowhere; while flow_name_past has the name and
-- month, what that says.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_name_count(IN p_name BIGINT,
	IN p_what VARCHAR(8), IN p_period INT, IN p_sign TINYINT, IN p_after BIGINT, IN p_to BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO flow_month (book_period, kind, sender_id, product_id, party_id, rep_id, flow_level,
		is_pure_sale, flow_class, org_unit_id, qty, amount, row_count)
	SELECT r.book_period, r.kind, r.sender_id, COALESCE(r.product_id, 0), COALESCE(r.party_id, 0),
	       COALESCE(r.rep_id, 0), r.flow_level, r.is_pure_sale, r.flow_class, MAX(r.org_unit_id),
	       p_sign * SUM(r.qty), p_sign * SUM(COALESCE(r.amount, 0)), p_sign * COUNT(*)
	  FROM flow_row r
	  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
	  JOIN flow_name n ON n.id = r.product_name_id
	  LEFT JOIN flow_name_past k ON k.period = r.book_period AND k.name_id = n.id
	 WHERE r.book_period = p_period AND r.id > p_after AND r.id <= p_to
	   AND COALESCE(k.is_foreign, n.state = 'foreign') = 0
	   AND (p_what = 'party' AND r.party_name_id = p_name
	    OR p_what = 'product' AND r.product_name_id = p_name)
	 GROUP BY r.book_period, r.kind, r.sender_id, COALESCE(r.product_id, 0),
	       COALESCE(r.party_id, 0), COALESCE(r.rep_id, 0), r.flow_level, r.is_pure_sale,
	       r.flow_class
	    ON DUPLICATE KEY UPDATE qty = flow_month.qty + VALUES(qty),
	       amount = flow_month.amount + VALUES(amount),
	       row_count = flow_month.row_count + VALUES(row_count),
	       org_unit_id = COALESCE(VALUES(org_unit_id), flow_month.org_unit_id);
	UPDATE (SELECT r.file_id, SUM(IF(r.other, 0, r.good)) AS row_count,
		       SUM(IF(r.other, r.row_count, 0)) AS others,
		       SUM(IF(r.other, 0, r.qty_good)) AS matched,
		       SUM(IF(r.other, 0, r.qty)) AS total
		  FROM (SELECT s.*, COALESCE(k.is_foreign, n.state = 'foreign') AS other FROM (SELECT file_id, product_name_id, COUNT(*) AS row_count, SUM(qty) AS qty,
			       SUM(party_id IS NOT NULL AND product_id IS NOT NULL) AS good,
			       SUM(IF(party_id IS NOT NULL AND product_id IS NOT NULL, qty, 0)) AS qty_good
			  FROM flow_row
			 WHERE book_period = p_period AND id > p_after AND id <= p_to
			   AND (p_what = 'party' AND party_name_id = p_name
			    OR p_what = 'product' AND product_name_id = p_name)
			 GROUP BY file_id, product_name_id
			 UNION ALL
			SELECT file_id, product_name_id, COUNT(*), SUM(qty), SUM(product_id IS NOT NULL),
			       SUM(IF(product_id IS NOT NULL, qty, 0))
			  FROM stock_report
			 WHERE p_what = 'product' AND book_period = p_period
			   AND id > p_after AND id <= p_to
			   AND product_name_id = p_name
			 GROUP BY file_id, product_name_id) s
			  JOIN flow_name n ON n.id = s.product_name_id
			  LEFT JOIN flow_name_past k ON k.period = p_period AND k.name_id = n.id) r
		 GROUP BY r.file_id) s
	STRAIGHT_JOIN flow_file f ON f.id = s.file_id
	   SET f.rows_matched = f.rows_matched + p_sign * s.row_count,
	       f.rows_foreign = f.rows_foreign + p_sign * s.others,
	       f.qty_matched = f.qty_matched + p_sign * s.matched,
	       f.qty_total = f.qty_total + p_sign * s.total
	 WHERE f.status = 'imported';
END//

-- What the name means now, into its rows of one month behind p_after up to p_to, and whose sales they are: of several shares
-- of a day the largest. Columns are set from left to right, each from what those before it became.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_name_carry(IN p_name BIGINT,
	IN p_what VARCHAR(8), IN p_period INT, IN p_target BIGINT, IN p_factor DECIMAL(12,6),
	IN p_after BIGINT, IN p_to BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_terminal TINYINT DEFAULT EXISTS (SELECT 1 FROM party_role
		WHERE party_id = p_target AND role IN ('hospital', 'pharmacy', 'chain', 'clinic'));

	UPDATE flow_row r
	   SET r.party_id = IF(p_what = 'party', p_target, r.party_id),
	       r.is_pure_sale = IF(p_what = 'party', r.kind = 'sale' AND v_terminal, r.is_pure_sale),
	       r.product_id = IF(p_what = 'product', p_target, r.product_id),
	       r.qty = IF(p_what = 'product', r.raw_qty * p_factor, r.qty),
	       r.lot_id = IF(p_what = 'product',
		(SELECT l.id FROM lot l
		  WHERE l.product_id = p_target AND l.lot_key = UPPER(TRIM(r.lot_no))), r.lot_id),
	       r.rep_id = IF(r.is_pure_sale = 1, (SELECT a.user_id
		  FROM terminal_assignment a
		 WHERE a.party_id = r.party_id
		   AND r.biz_date BETWEEN a.valid_from AND COALESCE(a.valid_to, r.biz_date)
		   AND (a.product_group_id IS NULL OR EXISTS (SELECT 1 FROM product_group_item i
			WHERE i.group_id = a.product_group_id AND i.product_id = r.product_id))
		 ORDER BY a.product_group_id IS NULL, a.share DESC, a.user_id
		 LIMIT 1), IF(p_what = 'party', NULL, r.rep_id)),
	       r.org_unit_id = IF(r.is_pure_sale = 1,
		(SELECT u.org_unit_id FROM app_user u WHERE u.id = r.rep_id),
		IF(p_what = 'party', NULL, r.org_unit_id))
	 WHERE r.book_period = p_period AND r.id > p_after AND r.id <= p_to
	   AND (p_what = 'party' AND r.party_name_id = p_name
	    OR p_what = 'product' AND r.product_name_id = p_name);
	IF p_what = 'product' THEN
		UPDATE stock_report s
		   SET s.product_id = p_target, s.qty = s.raw_qty * p_factor,
		       s.lot_id = (SELECT l.id FROM lot l
				WHERE l.product_id = p_target AND l.lot_key = UPPER(TRIM(s.lot_no)))
		 WHERE s.book_period = p_period AND s.product_name_id = p_name
		   AND s.id > p_after AND s.id <= p_to;
	END IF;
END//

-- The next rows of one month that have yet to follow a decision: as many as flow.carry_rows, out of the roll-up
-- and into it again, so that it agrees with the rows after each. Behind the last the month counts the name
-- as it is now.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_name_batch(IN p_period INT,
	IN p_name BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
batch: BEGIN
	DECLARE v_most INT DEFAULT param_int('flow.carry_rows', 5000);
	DECLARE v_all BIGINT DEFAULT 9223372036854775807;
	DECLARE v_status, v_what VARCHAR(8);
	DECLARE v_sender, v_target, v_after, v_to BIGINT;
	DECLARE v_factor DECIMAL(12,6);
	DECLARE v_was, v_is TINYINT;
	DECLARE v_n INT;

	CALL flow_turn_name(p_name, 0);
	SELECT sender_id, what, target_id, factor, state = 'foreign'
	  INTO v_sender, v_what, v_target, v_factor, v_is
	  FROM flow_name WHERE id = p_name FOR UPDATE;
	SELECT status INTO v_status FROM period WHERE period = p_period LOCK IN SHARE MODE;
	SELECT MAX(carried_to), MAX(is_foreign) INTO v_after, v_was
	  FROM flow_name_past WHERE period = p_period AND name_id = p_name FOR UPDATE;
	IF v_after IS NULL OR v_status NOT IN ('open', 'review') THEN
		LEAVE batch;
	END IF;
	SELECT COUNT(*), COALESCE(MAX(id), v_after) INTO v_n, v_to
	  FROM (SELECT q.id
		  FROM ((SELECT id FROM flow_row
			  WHERE book_period = p_period AND id > v_after
			    AND (v_what = 'party' AND party_name_id = p_name
			     OR v_what = 'product' AND product_name_id = p_name)
			  ORDER BY id LIMIT v_most)
			 UNION ALL
			(SELECT id FROM stock_report
			  WHERE v_what = 'product' AND book_period = p_period AND id > v_after
			    AND product_name_id = p_name
			  ORDER BY id LIMIT v_most)) q
		 ORDER BY q.id LIMIT v_most) x;
	IF v_n > 0 THEN
		CALL flow_name_count(p_name, v_what, p_period, -1, v_after, v_to);
		CALL flow_name_carry(p_name, v_what, p_period, v_target, v_factor, v_after, v_to);
		CALL flow_name_count(p_name, v_what, p_period, 1, v_after, v_to);
		UPDATE flow_name_past SET carried_to = v_to WHERE period = p_period AND name_id = p_name;
	END IF;
	IF v_n < v_most THEN
		IF v_was <> v_is THEN
			CALL flow_name_count(p_name, v_what, p_period, -1, 0, v_all);
		END IF;
		DELETE FROM flow_name_past WHERE period = p_period AND name_id = p_name;
		IF v_was <> v_is THEN
			CALL flow_name_count(p_name, v_what, p_period, 1, 0, v_all);
		END IF;
		IF v_what = 'product' AND EXISTS (SELECT 1 FROM stock_report WHERE product_name_id = p_name) THEN
			CALL flow_stock_refresh(v_sender);
		END IF;
		INSERT IGNORE INTO flow_dirty (period, party_id) VALUES (p_period, v_sender);
	END IF;
	DELETE FROM flow_month
	 WHERE book_period = p_period AND kind IN ('purchase', 'sale') AND sender_id = v_sender
	   AND row_count = 0 AND is_share = 0;
END//

-- Whether so many rows are too many for the transaction of who decides.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_name_is_large(p_rows BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN p_rows > param_int('flow.carry_rows', 5000)//

-- Sets what a name means and carries it into the months that are not locked, one after the other; p_later: they
-- follow piece by piece (flow_name_batch), and count as before until then. For locked ones, which may come back, it is kept that this was done, and whether they count the name; so
-- for closed ones where that differs.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_name_set(IN p_name BIGINT,
	IN p_state VARCHAR(8), IN p_target BIGINT, IN p_factor DECIMAL(12,6),
	IN p_method VARCHAR(12), IN p_score DECIMAL(5,4), IN p_later TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_all BIGINT DEFAULT 9223372036854775807;
	DECLARE v_done TINYINT DEFAULT 0;
	DECLARE v_what VARCHAR(8) DEFAULT (SELECT what FROM flow_name WHERE id = p_name);
	DECLARE v_sender BIGINT DEFAULT (SELECT sender_id FROM flow_name WHERE id = p_name);
	DECLARE v_before TEXT DEFAULT (SELECT JSON_OBJECT('name', name, 'state', state,
		'target_id', target_id, 'factor', factor, 'method', method)
		FROM flow_name WHERE id = p_name);
	DECLARE v_period INT;
	DECLARE months CURSOR FOR
		SELECT p.period FROM period p
		 WHERE p.status IN ('open', 'review')
		   AND (EXISTS (SELECT 1 FROM flow_row r WHERE r.book_period = p.period
				AND r.party_name_id = p_name AND v_what = 'party')
			OR EXISTS (SELECT 1 FROM flow_row r WHERE r.book_period = p.period
				AND r.product_name_id = p_name AND v_what = 'product')
			OR EXISTS (SELECT 1 FROM stock_report s WHERE s.book_period = p.period
				AND s.product_name_id = p_name AND v_what = 'product'))
		 ORDER BY p.period
		 LOCK IN SHARE MODE;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	-- held until the end: a merge of the two waits, and finds this name
	IF v_what = 'party' AND p_target IS NOT NULL THEN
		SET p_target = COALESCE((SELECT merged_into FROM party WHERE id = p_target), p_target);
	END IF;
	OPEN months;
	out_of: LOOP
		FETCH months INTO v_period;
		IF v_done THEN
			LEAVE out_of;
		END IF;
		IF p_later THEN
			INSERT INTO flow_name_past (period, name_id, is_foreign)
			SELECT v_period, id, state = 'foreign' FROM flow_name WHERE id = p_name
			    ON DUPLICATE KEY UPDATE carried_to = 0;
		ELSE
			CALL flow_name_count(p_name, v_what, v_period, -1, 0, v_all);
		END IF;
		SET v_done = 0;
	END LOOP;
	CLOSE months;
	INSERT IGNORE INTO flow_name_past (period, name_id, is_foreign)
	SELECT p.period, n.id, n.state = 'foreign'
	  FROM flow_name n
	  JOIN period p ON p.status IN ('locked', 'closed')
	 WHERE n.id = p_name AND (p.status = 'locked' OR (n.state = 'foreign') <> (p_state = 'foreign'))
	   AND (n.what = 'party' AND EXISTS (SELECT 1 FROM flow_row r
			WHERE r.book_period = p.period AND r.party_name_id = p_name)
		OR n.what = 'product' AND EXISTS (SELECT 1 FROM flow_row r
			WHERE r.book_period = p.period AND r.product_name_id = p_name)
		OR n.what = 'product' AND EXISTS (SELECT 1 FROM stock_report s
			WHERE s.book_period = p.period AND s.product_name_id = p_name));
	UPDATE flow_name
	   SET state = p_state, target_id = p_target, factor = p_factor, method = p_method,
	       score = p_score, version = version + 1,
	       decided_by = IF(p_method = 'manual' OR p_state = 'queued', @actor_id, NULL),
	       decided_at = UTC_TIMESTAMP(6)
	 WHERE id = p_name;
	SET v_done = 0;
	OPEN months;
	into_it: LOOP
		FETCH months INTO v_period;
		IF v_done THEN
			LEAVE into_it;
		END IF;
		IF NOT p_later THEN
			CALL flow_name_carry(p_name, v_what, v_period, p_target, p_factor, 0, v_all);
			CALL flow_name_count(p_name, v_what, v_period, 1, 0, v_all);
		END IF;
		CALL flow_confirm_undo(v_period, v_sender);
		DELETE FROM flow_month
		 WHERE book_period = v_period AND sender_id = v_sender AND row_count = 0 AND is_share = 0;
		SET v_done = 0;
	END LOOP;
	CLOSE months;
	IF v_what = 'product' AND NOT p_later
	    AND EXISTS (SELECT 1 FROM stock_report WHERE product_name_id = p_name) THEN
		CALL flow_stock_refresh(v_sender);
	END IF;
	CALL audit_write(CONCAT('p', v_sender), 'flow_name', p_name, 'update', v_before,
		JSON_OBJECT('state', p_state, 'target_id', p_target, 'factor', p_factor,
			'method', p_method));
END//

-- The alias of all senders for a form; the one before is ended, not changed.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE name_alias_teach(IN p_what VARCHAR(8),
	IN p_norm VARCHAR(200), IN p_target BIGINT, IN p_factor DECIMAL(12,6))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF CHAR_LENGTH(p_norm) < 4 THEN
		CALL refuse('alias.short|everyone');
	END IF;
	UPDATE name_alias SET valid_to = business_day()
	 WHERE what = p_what AND live_key = p_norm
	   AND (target_id <> p_target OR factor <> p_factor);
	INSERT IGNORE INTO name_alias (what, norm, target_id, factor, valid_from, created_by)
	VALUES (p_what, p_norm, p_target, p_factor, business_day(), @actor_id);
END//

-- Queued names of other senders in the same form follow an alias for all.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE name_alias_spread(IN p_what VARCHAR(8),
	IN p_norm VARCHAR(200), IN p_target BIGINT, IN p_factor DECIMAL(12,6))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done TINYINT DEFAULT 0;
	DECLARE v_name BIGINT;
	DECLARE v_factor DECIMAL(12,6);
	DECLARE v_later TINYINT DEFAULT (SELECT flow_name_is_large(SUM(row_count)) FROM flow_name
		WHERE what = p_what AND norm = p_norm AND state = 'queued');
	DECLARE names CURSOR FOR
		SELECT id, IF(p_what = 'party', 1,
		       flow_unit_factor(p_target, sender_id, unit) * p_factor)
		  FROM flow_name
		 WHERE what = p_what AND norm = p_norm AND state = 'queued'
		 ORDER BY id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	OPEN names;
	each_name: LOOP
		FETCH names INTO v_name, v_factor;
		IF v_done THEN
			LEAVE each_name;
		END IF;
		-- a unit nobody explained stays with a person
		IF v_factor IS NOT NULL THEN
			CALL flow_name_set(v_name, 'matched', p_target, v_factor, 'global', 1, v_later);
		END IF;
		SET v_done = 0;
	END LOOP;
	CLOSE names;
END//

-- A person says what a name means: matched (target, and for a product the sales units in one unit
-- as received; NULL: as its unit says), foreign (not ours), or queued (takes it back). For all:
-- other senders' names of the same form, now and later. No row: there is no such name.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_name_decide(IN p_name BIGINT,
	IN p_version INT, IN p_state VARCHAR(8), IN p_target BIGINT, IN p_factor DECIMAL(12,6),
	IN p_everyone TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_version INT;
	DECLARE v_what VARCHAR(8);
	DECLARE v_norm VARCHAR(200);
	DECLARE v_unit DECIMAL(12,6);
	DECLARE v_factor DECIMAL(12,6) DEFAULT 1;

	CALL flow_turn_name(p_name, p_everyone);
	SELECT MAX(version), MAX(what), MAX(norm) INTO v_version, v_what, v_norm
	  FROM flow_name WHERE id = p_name FOR UPDATE;
	IF v_version <> p_version THEN
		CALL refuse('conflict|version');
	END IF;
	IF v_version IS NOT NULL AND p_state = 'matched' THEN
		IF (v_what = 'party' AND NOT EXISTS (SELECT 1 FROM party WHERE id = p_target))
		    OR (v_what = 'product' AND NOT EXISTS (SELECT 1 FROM product WHERE id = p_target))
		    OR p_target IS NULL THEN
			CALL refuse('alias.target|target');
		END IF;
		IF v_what = 'product' THEN
			SET v_unit = (SELECT flow_unit_factor(p_target, sender_id, unit)
				FROM flow_name WHERE id = p_name);
			SET v_factor = COALESCE(p_factor, v_unit);
			IF v_factor IS NULL OR v_factor <= 0 THEN
				CALL refuse('alias.factor|factor');
			END IF;
		END IF;
	END IF;
	IF v_version IS NOT NULL THEN
		CALL flow_name_set(p_name, p_state, IF(p_state = 'matched', p_target, NULL), v_factor,
			IF(p_state = 'queued', 'none', 'manual'), NULL,
			(SELECT flow_name_is_large(row_count) FROM flow_name WHERE id = p_name));
		IF p_everyone AND p_state = 'matched' THEN
			CALL name_alias_teach(v_what, v_norm, p_target,
				IF(v_what = 'party', 1, v_factor / COALESCE(v_unit, v_factor)));
			CALL name_alias_spread(v_what, v_norm, p_target,
				IF(v_what = 'party', 1, v_factor / COALESCE(v_unit, v_factor)));
		END IF;
		SELECT id, version, state FROM flow_name WHERE id = p_name;
	END IF;
END//

-- The matcher found it, after master data changed: only a name that still waits is set.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_name_found(IN p_name BIGINT,
	IN p_version INT, IN p_state VARCHAR(8), IN p_target BIGINT, IN p_factor DECIMAL(12,6),
	IN p_method VARCHAR(12), IN p_score DECIMAL(5,4))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_name BIGINT;

	CALL flow_turn_name(p_name, 0);
	SET v_name = (SELECT id FROM flow_name
		WHERE id = p_name AND version = p_version AND state = 'queued' FOR UPDATE);
	IF v_name IS NOT NULL THEN
		CALL flow_name_set(p_name, p_state, p_target, p_factor, p_method, p_score,
			(SELECT flow_name_is_large(row_count) FROM flow_name WHERE id = p_name));
		SELECT id FROM flow_name WHERE id = p_name;
	END IF;
END//

-- What a queued name may be: [{"target":1,"score":9100,"veto":"county"}], score in 1/10,000.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_name_candidates(IN p_name BIGINT,
	IN p_list LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DELETE FROM flow_candidate WHERE name_id = p_name;
	INSERT INTO flow_candidate (name_id, target_id, score, veto)
	SELECT n.id, c.target, c.score / 10000, c.veto
	  FROM flow_name n
	  JOIN JSON_TABLE(p_list, '$[*]' COLUMNS (target BIGINT PATH '$.target',
		score INT PATH '$.score', veto VARCHAR(30) PATH '$.veto')) c
	 WHERE n.id = p_name AND n.state = 'queued';
END//

-- Ends an alias of all senders; what was matched by it stays. No row: it is ended already.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE name_alias_end(IN p_alias BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE name_alias SET valid_to = business_day() WHERE id = p_alias AND valid_to IS NULL;
	IF ROW_COUNT() > 0 THEN
		SELECT id FROM name_alias WHERE id = p_alias;
	END IF;
END//

-- Draws names that rules decided by themselves, each as likely as it has rows.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_sample_draw(IN p_count INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT IGNORE INTO flow_sample (drawn_on, name_id, target_id, method, row_count, drawn_by)
	SELECT business_day(), id, target_id, method, row_count, @actor_id
	  FROM flow_name
	 WHERE state = 'matched' AND decided_by IS NULL AND row_count > 0
	   AND method IN ('code', 'alias', 'global', 'identifier', 'name', 'similar')
	 ORDER BY -LN(1 - RAND()) / row_count
	 LIMIT p_count;
	SELECT COUNT(*) AS n FROM flow_sample WHERE drawn_on = business_day();
END//

-- A person looked at one: right or wrong; open takes that back. No row: it was judged already.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_sample_judge(IN p_sample BIGINT,
	IN p_verdict VARCHAR(8))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE flow_sample
	   SET verdict = p_verdict, decided_by = IF(p_verdict = 'open', NULL, @actor_id),
	       decided_at = IF(p_verdict = 'open', NULL, UTC_TIMESTAMP(6))
	 WHERE id = p_sample AND (verdict = 'open') <> (p_verdict = 'open');
	IF ROW_COUNT() > 0 THEN
		SELECT id FROM flow_sample WHERE id = p_sample;
	END IF;
END//

DELIMITER ;
