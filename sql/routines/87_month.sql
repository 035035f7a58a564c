-- The road of a month: open, review, locked, closed. Locking first works out what is due of every
-- sender, closing first sums the digests of all; both in pieces that stay done (event flow_work,
-- or the page's button). Back from locked takes two people.

DELIMITER //

-- Whether a sender is among those whose rows the session sees; jobs see all.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION sender_is_mine(p_party BIGINT)
RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN COALESCE(@actor_scope, 'all') = 'all' OR EXISTS (SELECT 1
	  FROM customer c
	  LEFT JOIN org_unit u ON u.id = c.org_unit_id
	 WHERE c.party_id = p_party
	   AND CASE @actor_scope WHEN 'own' THEN c.rep_id = @actor_id
		WHEN 'unit' THEN u.path = @actor_path
		WHEN 'below' THEN u.path LIKE CONCAT(@actor_path, '%') END)//

-- What stands in the way of the lock, of the senders the session sees: kind, month, sender, code, lacks,
-- n, percent; no row when nothing does.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_hindrances(IN p_period INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_month CHAR(7) DEFAULT CONCAT(LEFT(p_period, 4), '-', RIGHT(p_period, 2));
	DECLARE v_share DECIMAL(12,4) DEFAULT param_decimal('flow.balance_percent', 0.5) / 100;
	DECLARE v_all TINYINT DEFAULT COALESCE(@actor_scope, 'all') = 'all';

	SELECT 'running' AS kind, v_month AS month, NULL AS sender, NULL AS code, NULL AS lacks,
	       COUNT(*) AS n, NULL AS percent
	  FROM flow_file
	 WHERE book_period = p_period AND status IN ('uploaded', 'mapping', 'mapped', 'checked',
		'queued', 'importing')
	   AND (v_all OR sender_is_mine(party_id))
	HAVING COUNT(*) > 0
	 UNION ALL
	SELECT 'missing', v_month, p.name, p.code, GROUP_CONCAT(k.kind ORDER BY k.kind), COUNT(*), NULL
	  FROM flow_source s
	  JOIN party p ON p.id = s.party_id
	  JOIN (SELECT 'purchase' AS kind UNION SELECT 'sale' UNION SELECT 'stock') k
	    ON FIND_IN_SET(k.kind, s.kinds)
	 WHERE s.is_key = 1 AND s.status = 'active' AND (v_all OR sender_is_mine(s.party_id))
	   AND NOT EXISTS (SELECT 1 FROM flow_excuse e
		WHERE e.party_id = s.party_id AND e.period = p_period)
	   AND NOT EXISTS (SELECT 1 FROM flow_file f
		WHERE f.party_id = s.party_id AND f.book_period = p_period AND f.kind = k.kind
		  AND f.status = 'imported' AND f.origin <> 'correction')
	 GROUP BY p.id, p.name, p.code
	 UNION ALL
	SELECT 'matched', v_month, NULL, NULL, NULL, q.n, q.percent
	  FROM (SELECT SUM(m.n) AS n, FLOOR(10000 * SUM(m.matched) / SUM(m.qty)) / 10000 AS percent
		  FROM (SELECT sender_id, SUM(ABS(qty)) AS qty,
			       SUM(IF(product_id = 0 OR party_id = 0, row_count, 0)) AS n,
			       SUM(IF(product_id <> 0 AND party_id <> 0, ABS(qty), 0)) AS matched
			  FROM flow_month WHERE book_period = p_period AND is_share = 0
			 GROUP BY sender_id) m
		 WHERE v_all OR sender_is_mine(m.sender_id)) q
	 WHERE q.percent * 100 < param_decimal('flow.matched_percent', 99)
	 UNION ALL
	SELECT 'balance', v_month, NULL, NULL, NULL, COUNT(*), NULL
	  FROM (SELECT 1
		  FROM flow_balance
		 WHERE period = p_period AND state = 'open' AND (v_all OR sender_is_mine(party_id))
		 GROUP BY party_id, product_id
		HAVING ABS(SUM(difference)) > v_share
			* GREATEST(SUM(opening), SUM(purchased), SUM(sold), 0)) q
	HAVING COUNT(*) > 0
	 UNION ALL
	SELECT 'case', v_month, NULL, NULL, NULL, COUNT(*), NULL
	  FROM flow_case
	 WHERE period = p_period AND status IN ('detected', 'notified', 'explained')
	   AND score >= param_int('flow.case_limit', 60) AND (v_all OR sender_is_mine(party_id))
	HAVING COUNT(*) > 0
	 UNION ALL
	SELECT 'correction', v_month, NULL, NULL, NULL, COUNT(*), NULL
	  FROM flow_correction
	 WHERE period = p_period AND status = 'waiting' AND (v_all OR sender_is_mine(party_id))
	HAVING COUNT(*) > 0;
END//

-- The first kind of hindrance, or NULL: the lock asks the same as the page.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION period_is_hindered(
	p_period INT) RETURNS VARCHAR(20)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_share DECIMAL(12,4) DEFAULT param_decimal('flow.balance_percent', 0.5) / 100;

	RETURN CASE
		WHEN EXISTS (SELECT 1 FROM flow_file WHERE book_period = p_period AND status IN
			('uploaded', 'mapping', 'mapped', 'checked', 'queued', 'importing')) THEN 'running'
		WHEN EXISTS (SELECT 1 FROM flow_source s
			JOIN (SELECT 'purchase' AS kind UNION SELECT 'sale' UNION SELECT 'stock') k
			  ON FIND_IN_SET(k.kind, s.kinds)
			WHERE s.is_key = 1 AND s.status = 'active'
			  AND NOT EXISTS (SELECT 1 FROM flow_excuse e
				WHERE e.party_id = s.party_id AND e.period = p_period)
			  AND NOT EXISTS (SELECT 1 FROM flow_file f WHERE f.party_id = s.party_id
				AND f.book_period = p_period AND f.kind = k.kind
				AND f.status = 'imported' AND f.origin <> 'correction')) THEN 'missing'
		WHEN (SELECT 100 * SUM(IF(product_id <> 0 AND party_id <> 0, ABS(qty), 0))
			/ SUM(ABS(qty)) FROM flow_month WHERE book_period = p_period AND is_share = 0)
			< param_decimal('flow.matched_percent', 99) THEN 'matched'
		WHEN EXISTS (SELECT 1 FROM flow_balance WHERE period = p_period AND state = 'open'
			GROUP BY party_id, product_id
			HAVING ABS(SUM(difference)) > v_share
			* GREATEST(SUM(opening), SUM(purchased), SUM(sold), 0)) THEN 'balance'
		WHEN EXISTS (SELECT 1 FROM flow_case WHERE period = p_period
			AND status IN ('detected', 'notified', 'explained')
			AND score >= param_int('flow.case_limit', 60)) THEN 'case'
		WHEN EXISTS (SELECT 1 FROM flow_correction WHERE period = p_period
			AND status = 'waiting') THEN 'correction'
		END;
END//

-- Open to review (its files are in, differences are cleared) or back, by one person.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_move(IN p_period INT,
	IN p_version INT, IN p_status VARCHAR(8))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF p_status = 'review' AND business_day() <= (SELECT ends_on FROM period WHERE period = p_period) THEN
		CALL refuse('period.early');
	ELSEIF EXISTS (SELECT 1 FROM period_run WHERE live_key = p_period) THEN
		CALL refuse('period.running');
	END IF;
	UPDATE period SET status = p_status, version = version + 1
	 WHERE period = p_period AND version = p_version
	   AND status = IF(p_status = 'review', 'open', 'review');
	IF ROW_COUNT() > 0 THEN
		SELECT status FROM period WHERE period = p_period;
	END IF;
END//

-- Begins to lock (of review) or to close (of locked) a month; no row when it is in another state.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_start(IN p_period INT,
	IN p_version INT, IN p_action VARCHAR(8))
SQL SECURITY DEFINER MODIFIES SQL DATA
go: BEGIN
	DECLARE v_why VARCHAR(20);

	IF NOT EXISTS (SELECT 1 FROM period WHERE period = p_period AND version = p_version
		AND status = IF(p_action = 'lock', 'review', 'locked') FOR UPDATE) THEN
		LEAVE go;
	ELSEIF p_action NOT IN ('lock', 'close') THEN
		CALL refuse('decision.unknown');
	ELSEIF EXISTS (SELECT 1 FROM period_run WHERE live_key = p_period) THEN
		CALL refuse('period.running');
	ELSEIF EXISTS (SELECT 1 FROM period WHERE period < p_period
		AND status NOT IN ('locked', 'closed')) THEN
		CALL refuse('period.before');
	ELSEIF p_action = 'close' AND EXISTS (SELECT 1 FROM period WHERE period < p_period
		AND status <> 'closed') THEN
		CALL refuse('period.before_closed');
	END IF;
	IF p_action = 'lock' THEN
		SET v_why = period_is_hindered(p_period);
		IF v_why IS NOT NULL THEN
			CALL refuse(CONCAT('period.', v_why));
		END IF;
		INSERT IGNORE INTO flow_dirty (period, party_id)
		SELECT p_period, party_id FROM flow_file
		 WHERE book_period = p_period AND status = 'imported'
		 UNION
		SELECT p_period, party_id FROM flow_balance WHERE period = p_period;
	ELSE
		INSERT IGNORE INTO period_piece (period, party_id, row_count, digest)
		SELECT p_period, party_id, 0, '' FROM flow_file
		 WHERE book_period = p_period AND status = 'imported' GROUP BY party_id;
	END IF;
	INSERT INTO period_run (period, action, state, pieces, asked_by, unconfirmed)
	SELECT p_period, p_action, 'running', IF(p_action = 'lock',
		(SELECT COUNT(*) FROM flow_dirty WHERE period = p_period),
		(SELECT COUNT(*) FROM period_piece WHERE period = p_period)), @actor_id,
	       IF(p_action = 'lock', (SELECT COUNT(*) FROM flow_unconfirmed WHERE period = p_period), NULL);
	SELECT LAST_INSERT_ID() AS id;
END//

-- A step that runs is given up; what was worked out stays.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_stop(IN p_period INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE period_run SET state = 'stopped', ended_at = UTC_TIMESTAMP(6), error = 'period.given_up'
	 WHERE live_key = p_period;
	IF ROW_COUNT() > 0 THEN
		SELECT p_period AS period;
	END IF;
END//

-- A step ends: done, or stopped with the reason.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_end(IN p_period INT,
	IN p_error VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO notification (user_id, kind, args, href)
	SELECT r.asked_by, IF(p_error IS NULL, CONCAT('period.', r.action), 'period.stopped'),
	       CONCAT('month=', LEFT(p_period, 4), '-', RIGHT(p_period, 2)),
	       CONCAT('/periods/view?id=', p_period)
	  FROM period_run r
	 WHERE r.live_key = p_period;
	UPDATE period_run
	   SET state = IF(p_error IS NULL, 'done', 'stopped'), error = p_error,
	       ended_at = UTC_TIMESTAMP(6), pieces_done = IF(p_error IS NULL, pieces, pieces_done)
	 WHERE live_key = p_period;
END//

-- All is worked out: the month is locked, unless something has come between.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_lock_end(IN p_period INT,
	IN p_by BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_why VARCHAR(20);

	SELECT status INTO v_why FROM period WHERE period = p_period FOR UPDATE;
	IF NOT EXISTS (SELECT 1 FROM flow_dirty WHERE period = p_period)
	    AND NOT EXISTS (SELECT 1 FROM flow_name_past WHERE period = p_period) THEN
		SET v_why = period_is_hindered(p_period);
		IF v_why IS NOT NULL THEN
			CALL period_end(p_period, CONCAT('period.', v_why));
		ELSE
			UPDATE flow_balance
			   SET state = 'accepted', decided_by = p_by, decided_at = UTC_TIMESTAMP(6)
			 WHERE period = p_period AND state = 'open';
			UPDATE period
			   SET status = 'locked', locked_by = p_by, locked_at = UTC_TIMESTAMP(6),
			       version = version + 1
			 WHERE period = p_period AND status = 'review';
			CALL period_end(p_period, NULL);
		END IF;
	END IF;
END//

-- The digest of one sender's month: his rows that are seen, purchases, sales and counts, in the order of
-- their numbers, 20,000 at a time, each piece behind the digest of the one before.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_digest(IN p_period INT,
	IN p_party BIGINT, OUT p_rows INT, OUT p_digest CHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_file, v_after BIGINT DEFAULT 0;
	DECLARE v_kind VARCHAR(8);
	DECLARE v_n INT;
	DECLARE v_last BIGINT;
	DECLARE v_text LONGTEXT;

	SET SESSION group_concat_max_len = 16000000;
	SET p_rows = 0, p_digest = SHA2('', 256);
	one: LOOP
		SET v_file = (SELECT MIN(id) FROM flow_file WHERE book_period = p_period
			AND party_id = p_party AND status = 'imported' AND id > v_file);
		IF v_file IS NULL THEN
			LEAVE one;
		END IF;
		SET v_kind = (SELECT kind FROM flow_file WHERE id = v_file), v_after = v_file * 10000000 - 1;
		piece: LOOP
			IF v_kind = 'stock' THEN
				SELECT COUNT(*), MAX(id), GROUP_CONCAT(CONCAT_WS('|', id, stock_date,
					COALESCE(product_id, ''), lot_no, COALESCE(lot_id, ''),
					COALESCE(expires_on, ''), raw_qty, qty) ORDER BY id SEPARATOR '\n')
				  INTO v_n, v_last, v_text
				  FROM (SELECT * FROM stock_report WHERE book_period = p_period
					AND id > v_after AND id < (v_file + 1) * 10000000
					ORDER BY id LIMIT 20000) s;
			ELSE
				SELECT COUNT(*), MAX(id), GROUP_CONCAT(CONCAT_WS('|', id, kind, biz_date,
					COALESCE(party_id, ''), COALESCE(product_id, ''), lot_no,
					COALESCE(lot_id, ''), raw_qty, qty, COALESCE(price, ''),
					COALESCE(amount, ''), doc_no, flow_level, is_pure_sale, flow_class,
					COALESCE(rep_id, ''), COALESCE(org_unit_id, ''),
					COALESCE(corrects_id, '')) ORDER BY id SEPARATOR '\n')
				  INTO v_n, v_last, v_text
				  FROM (SELECT * FROM flow_row WHERE book_period = p_period
					AND id > v_after AND id < (v_file + 1) * 10000000
					ORDER BY id LIMIT 20000) r;
			END IF;
			IF v_n = 0 THEN
				LEAVE piece;
			END IF;
			SET p_rows = p_rows + v_n, v_after = v_last,
			    p_digest = SHA2(CONCAT(p_digest, '\n', v_text), 256);
			IF v_n < 20000 THEN
				LEAVE piece;
			END IF;
		END LOOP;
	END LOOP;
END//

-- The digest of a month, of its senders'; NULL while one is missing.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION period_digest_of(
	p_period INT) RETURNS CHAR(64)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_digest CHAR(64);

	SET SESSION group_concat_max_len = 16000000;
	SELECT IF(SUM(digest = '') > 0, NULL, SHA2(GROUP_CONCAT(CONCAT_WS('|', party_id, row_count, digest)
		ORDER BY party_id SEPARATOR '\n'), 256)) INTO v_digest
	  FROM period_piece
	 WHERE period = p_period;
	RETURN v_digest;
END//

-- One piece of a close: the digest of the next sender; then the month is closed.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_close_piece(IN p_period INT,
	IN p_by BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_rows, v_new INT;
	DECLARE v_digest CHAR(64);

	SELECT MIN(party_id) INTO v_party FROM period_piece
	 WHERE period = p_period AND digest = '';
	IF v_party IS NOT NULL THEN
		CALL period_digest(p_period, v_party, v_rows, v_digest);
		UPDATE period_piece SET row_count = v_rows, digest = v_digest
		 WHERE period = p_period AND party_id = v_party AND digest = '';
		SET v_new = ROW_COUNT();	-- 0: the event and the page's button met at this sender
		UPDATE period_run SET pieces_done = LEAST(pieces, pieces_done + v_new)
		 WHERE live_key = p_period AND action = 'close';
	ELSE
		UPDATE period
		   SET status = 'closed', closed_by = p_by, closed_at = UTC_TIMESTAMP(6),
		       digest = COALESCE(period_digest_of(p_period), SHA2('', 256)),
		       version = version + 1
		 WHERE period = p_period AND status = 'locked';
		CALL period_end(p_period, NULL);
	END IF;
END//

-- One piece of work of whatever is due: rows that follow a name, a balance, else a step that runs. Returns 1 when there
-- was any. The caller commits after each.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_work_one(IN p_period INT, OUT p_did TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_period INT;
	DECLARE v_name, v_party, v_by BIGINT;
	DECLARE v_action VARCHAR(8);

	SELECT k.period, k.name_id INTO v_period, v_name
	  FROM period p
	 STRAIGHT_JOIN flow_name_past k ON k.period = p.period
	 WHERE p.status IN ('open', 'review') AND p_period IN (0, p.period)
	 ORDER BY k.period, k.name_id
	 LIMIT 1;
	SELECT d.period, d.party_id INTO v_period, v_party
	  FROM flow_dirty d
	  JOIN period p ON p.period = d.period AND p.status IN ('open', 'review')
	 WHERE v_name IS NULL AND p_period IN (0, d.period)
	 ORDER BY d.period, d.party_id
	 LIMIT 1;
	SET p_did = v_name IS NOT NULL OR v_party IS NOT NULL;
	IF v_name IS NOT NULL THEN
		CALL flow_name_batch(v_period, v_name);
	ELSEIF p_did THEN
		CALL flow_piece(v_period, v_party);
	ELSE
		SELECT period, action, asked_by INTO v_period, v_action, v_by
		  FROM period_run
		 WHERE state = 'running' AND p_period IN (0, period)
		 ORDER BY id LIMIT 1;
		SET p_did = v_action IS NOT NULL;
		IF v_action = 'lock' THEN
			CALL period_lock_end(v_period, v_by);
		ELSEIF v_action = 'close' THEN
			CALL period_close_piece(v_period, v_by);
		END IF;
	END IF;
END//

-- Up to p_max pieces in the caller's transaction, and none after two seconds, for a page whose reader does not want
-- to wait for the event. p_period 0: any.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_work(IN p_period INT, IN p_max INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_did TINYINT DEFAULT 1;
	DECLARE v_n INT DEFAULT 0;
	DECLARE v_end DATETIME(6) DEFAULT SYSDATE(6) + INTERVAL 2 SECOND;

	WHILE v_did AND v_n < p_max AND SYSDATE(6) < v_end DO
		CALL flow_work_one(p_period, v_did);
		SET v_n = v_n + v_did;
	END WHILE;
	SELECT v_n AS done;
END//

-- The run of rebates that stands on what a locked month says, so that it cannot go back: a draft (to
-- be rejected first), else one approved (what is wrong becomes a correction, and a run of the difference).
-- Sales stand on the months of the run and those whose corrections it knows, growth also on the year
-- before, protection on the month before; purchases are invoices.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION period_rebate(p_period INT) RETURNS BIGINT
SQL SECURITY DEFINER READS SQL DATA
RETURN (SELECT r.id
	  FROM rebate_run r
	  JOIN rebate_policy t ON t.id = r.policy_id
	 WHERE r.status IN ('draft', 'approved') AND CASE
		WHEN t.base IN ('sale_amount', 'sale_qty') THEN p_period
			BETWEEN r.period_from - IF(t.method = 'growth', 100, 0) AND r.booked_to
		WHEN t.base = 'stock' THEN p_period
			BETWEEN PERIOD_ADD(r.period_from, -1) AND r.period_to
		WHEN t.base = 'bid_sale' THEN p_period BETWEEN r.period_from AND r.period_to
		ELSE 0 END
	 ORDER BY r.status, r.id DESC
	 LIMIT 1)//

-- Refuses when a run of rebates stands on the month.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_reopen_check(IN p_period INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_status VARCHAR(8);
	DECLARE v_no VARCHAR(32);

	SELECT MAX(status), MAX(run_no) INTO v_status, v_no
	  FROM rebate_run WHERE id = period_rebate(p_period);
	IF v_no IS NOT NULL THEN
		CALL refuse(CONCAT('period.rebate_', v_status, '||no=', v_no));
	END IF;
END//

-- Asks to bring a locked month back into review; a second person decides. Refused when a run of
-- rebates stands on it.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_reopen_ask(IN p_period INT,
	IN p_version INT, IN p_reason VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF COALESCE(TRIM(p_reason), '') = '' THEN
		CALL refuse('required|reason');
	ELSEIF EXISTS (SELECT 1 FROM period_run WHERE live_key = p_period) THEN
		CALL refuse('period.running');
	END IF;
	CALL period_reopen_check(p_period);
	INSERT INTO period_run (period, action, state, reason, asked_by)
	SELECT period, 'reopen', 'asked', p_reason, @actor_id
	  FROM period
	 WHERE period = p_period AND version = p_version AND status = 'locked';
	IF ROW_COUNT() > 0 THEN
		SELECT LAST_INSERT_ID() AS id;
	END IF;
END//

-- Another person agrees (p_agree 1): the month is in review again; or does not. No row when nothing was asked.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_reopen_decide(IN p_period INT,
	IN p_agree TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_id, v_by BIGINT;

	SELECT id, asked_by INTO v_id, v_by
	  FROM period_run
	 WHERE live_key = p_period AND state = 'asked'
	   FOR UPDATE;
	IF v_by = @actor_id AND p_agree THEN
		CALL refuse('approve.own');
	ELSEIF v_id IS NOT NULL THEN
		IF p_agree THEN
			UPDATE period
			   SET status = 'review', locked_by = NULL, locked_at = NULL, version = version + 1
			 WHERE period = p_period AND status = 'locked';
			CALL period_reopen_check(p_period);	-- rebate_compute() holds its months
			INSERT IGNORE INTO flow_dirty (period, party_id)
			SELECT k.period, n.sender_id
			  FROM flow_name_past k
			  JOIN flow_name n ON n.id = k.name_id
			 WHERE k.period = p_period;
		END IF;
		UPDATE period_run
		   SET state = IF(p_agree, 'done', 'stopped'), error = IF(p_agree, NULL, 'period.refused'),
		       decided_by = IF(v_by = @actor_id, NULL, @actor_id), ended_at = UTC_TIMESTAMP(6)
		 WHERE id = v_id;
		SELECT v_id AS id;
	END IF;
END//

-- Whether the rows of a closed month are those it was closed with, from sender p_after on, up to p_limit
-- senders: one row a sender that differs (what: digest), and in the end last: the sender reached, done.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_check(IN p_period INT,
	IN p_after BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_party BIGINT DEFAULT p_after;
	DECLARE v_rows, v_n, v_bad INT DEFAULT 0;
	DECLARE v_digest CHAR(64);
	DECLARE v_first BIGINT;

	one: WHILE v_n < p_limit DO
		SET v_party = (SELECT MIN(party_id) FROM period_piece
			WHERE period = p_period AND party_id > v_party);
		IF v_party IS NULL THEN
			LEAVE one;
		END IF;
		CALL period_digest(p_period, v_party, v_rows, v_digest);
		IF NOT EXISTS (SELECT 1 FROM period_piece WHERE period = p_period
			AND party_id = v_party AND digest = v_digest AND row_count = v_rows) THEN
			SET v_bad = v_bad + 1, v_first = COALESCE(v_first, v_party);
		END IF;
		SET v_n = v_n + 1;
	END WHILE;
	SELECT v_n AS senders, v_bad AS bad, (SELECT name FROM party WHERE id = v_first) AS first_bad,
	       COALESCE(v_party, 0) AS last,
	       (SELECT digest FROM period WHERE period = p_period) <=> period_digest_of(p_period)
	       AS agrees;
END//

-- For a loader of the past: the digests of months that came in closed.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_digest_past()
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_period INT;
	DECLARE v_party BIGINT;
	DECLARE v_rows INT;
	DECLARE v_digest CHAR(64);
	DECLARE v_end TINYINT DEFAULT 0;
	DECLARE files CURSOR FOR SELECT f.book_period, f.party_id
		  FROM flow_file f JOIN period p ON p.period = f.book_period AND p.status = 'closed'
		 WHERE f.status = 'imported' GROUP BY f.book_period, f.party_id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

	OPEN files;
	one: LOOP
		SET v_end = 0;
		FETCH files INTO v_period, v_party;
		IF v_end THEN
			LEAVE one;
		END IF;
		CALL period_digest(v_period, v_party, v_rows, v_digest);
		INSERT INTO period_piece (period, party_id, row_count, digest)
		VALUES (v_period, v_party, v_rows, v_digest)
		    ON DUPLICATE KEY UPDATE row_count = VALUES(row_count), digest = VALUES(digest);
	END LOOP;
	CLOSE files;
	UPDATE period SET digest = COALESCE(period_digest_of(period), SHA2('', 256)) WHERE status = 'closed';
END//

DELIMITER ;
