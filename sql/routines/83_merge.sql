-- Two records of one terminal become one (E19): the duplicate is merged into the other, closed, and stays as the
-- name of what it was. What months not locked have of it is the other's; locked and closed months keep it.

DELIMITER //

-- Whether it is a place where medicines end, and nothing else.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION is_terminal(p_party BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (SELECT 1 FROM party_role
	WHERE party_id = p_party AND role IN ('hospital', 'pharmacy', 'chain', 'clinic'))//

-- Why one is not merged into the other, as a refusal; NULL: nothing speaks against it. Who has an account,
-- signs in, orders or reports is not merged away: only the other way round, or not at all.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION merge_hindrance(p_old BIGINT, p_new BIGINT)
RETURNS VARCHAR(200)
SQL SECURITY DEFINER READS SQL DATA
RETURN CASE
	WHEN p_old = p_new THEN 'merge.same|into'
	WHEN (SELECT merged_into FROM party WHERE id = p_old) IS NOT NULL THEN 'merge.gone|into'
	WHEN NOT is_terminal(p_old) OR EXISTS (SELECT 1 FROM party_role WHERE party_id = p_old
		AND role IN ('company', 'manufacturer', 'distributor', 'agent', 'carrier'))
		THEN 'merge.role|into'
	WHEN (SELECT status FROM party WHERE id = p_new) = 'closed' THEN 'merge.closed|into'
	WHEN NOT is_terminal(p_new) THEN 'merge.into_role|into'
	WHEN EXISTS (SELECT 1 FROM customer WHERE party_id = p_old)
		THEN IF(EXISTS (SELECT 1 FROM customer WHERE party_id = p_new), 'merge.accounts|into',
			'merge.other_way|into')
	WHEN EXISTS (SELECT 1 FROM sales_order WHERE branch_id = p_old)
		OR EXISTS (SELECT 1 FROM app_user WHERE p_old IN (party_id, branch_id))
		THEN 'merge.orders|into'
	WHEN EXISTS (SELECT 1 FROM flow_source WHERE party_id = p_old)
		OR EXISTS (SELECT 1 FROM flow_file WHERE party_id = p_old) THEN 'merge.sender|into'
	WHEN (SELECT parent_id FROM party WHERE id = p_new) = p_old
		OR EXISTS (SELECT 1 FROM party_address WHERE party_id = p_old AND branch_id IS NOT NULL)
		OR EXISTS (SELECT 1 FROM party_address a JOIN party y ON y.id = p_new
			WHERE a.branch_id = p_old AND NOT a.party_id <=> y.parent_id) THEN 'merge.branch|into'
	WHEN (SELECT COUNT(DISTINCT uscc) FROM party WHERE id IN (p_old, p_new)) > 1
		THEN 'merge.uscc|into'
END//

-- The first day of the months that are not locked yet.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION merge_since() RETURNS DATE
SQL SECURITY DEFINER READS SQL DATA
RETURN COALESCE((SELECT MAX(ends_on) + INTERVAL 1 DAY FROM period
	WHERE status IN ('locked', 'closed')), '2000-01-01')//

-- What a merge would move, and what it would leave.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE merge_counts(IN p_old BIGINT, IN p_new BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_since DATE DEFAULT merge_since();

	SELECT (SELECT COUNT(*) FROM flow_name WHERE what = 'party' AND target_id = p_old) AS spellings,
	       (SELECT COUNT(*) FROM name_alias
		 WHERE what = 'party' AND target_id = p_old AND valid_to IS NULL) AS aliases,
	       (SELECT COUNT(*) FROM flow_candidate c JOIN flow_name n ON n.id = c.name_id
		 WHERE n.what = 'party' AND n.state = 'queued' AND c.target_id = p_old) AS queued,
	       m.rows_open, m.qty_open, m.rows_kept,
	       (SELECT COUNT(*) FROM terminal_assignment
		 WHERE party_id = p_old AND COALESCE(valid_to, v_since) >= v_since) AS assignments,
	       IF(EXISTS (SELECT 1 FROM terminal_assignment
		 WHERE party_id = p_new AND COALESCE(valid_to, v_since) >= v_since), 'kept', 'taken') AS reps,
	       (SELECT COUNT(*) FROM territory WHERE terminal_id = p_old) AS territories,
	       (SELECT COUNT(*) FROM bid_price WHERE terminal_id = p_old AND status <> 'void') AS bids,
	       (SELECT COUNT(*) FROM party_address WHERE p_old IN (party_id, branch_id)) AS addresses,
	       (SELECT COUNT(*) FROM party_licence WHERE party_id = p_old) AS licences,
	       (SELECT COUNT(*) FROM party WHERE parent_id = p_old) AS branches
	  FROM (SELECT COALESCE(SUM(IF(p.status IN ('open', 'review'), f.row_count, 0)), 0) AS rows_open,
		       COALESCE(SUM(IF(p.status IN ('open', 'review'), f.qty, 0)), 0) AS qty_open,
		       COALESCE(SUM(IF(p.status IN ('open', 'review'), 0, f.row_count)), 0) AS rows_kept
		  FROM flow_month f
		  JOIN period p ON p.period = f.book_period
		 WHERE f.party_id = p_old) m;
END//

-- Who looks after the duplicate does so for the other from the first month that is not locked, unless
-- somebody looks after that one already; the duplicate has nobody from then on.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE merge_assignments(IN p_old BIGINT,
	IN p_new BIGINT, IN p_since DATE)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF NOT EXISTS (SELECT 1 FROM terminal_assignment
		WHERE party_id = p_new AND COALESCE(valid_to, p_since) >= p_since) THEN
		INSERT INTO terminal_assignment (party_id, product_group_id, user_id, share, valid_from,
			valid_to, created_by)
		SELECT p_new, product_group_id, user_id, share, GREATEST(valid_from, p_since), valid_to,
		       @actor_id
		  FROM terminal_assignment
		 WHERE party_id = p_old AND COALESCE(valid_to, p_since) >= p_since;
	END IF;
	DELETE FROM terminal_assignment WHERE party_id = p_old AND valid_from >= p_since;
	UPDATE terminal_assignment
	   SET valid_to = p_since - INTERVAL 1 DAY, version = version + 1
	 WHERE party_id = p_old AND COALESCE(valid_to, p_since) >= p_since;
END//

-- What names mean: aliases of all, what waits in the queue, and the spellings of every sender, which are
-- carried into the rows of months that are not locked.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE merge_names(IN p_old BIGINT, IN p_new BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_end TINYINT DEFAULT 0;
	DECLARE v_name BIGINT;
	DECLARE v_method VARCHAR(12);
	DECLARE v_score DECIMAL(5,4);
	DECLARE names CURSOR FOR
		SELECT id, method, score FROM flow_name
		 WHERE what = 'party' AND target_id = p_old ORDER BY id FOR UPDATE;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

	UPDATE name_alias SET target_id = p_new
	 WHERE what = 'party' AND target_id = p_old AND valid_to IS NULL;
	INSERT IGNORE INTO flow_candidate (name_id, target_id, score, veto)
	SELECT c.name_id, p_new, c.score, c.veto
	  FROM flow_candidate c JOIN flow_name n ON n.id = c.name_id AND n.what = 'party'
	 WHERE c.target_id = p_old;
	DELETE c FROM flow_candidate c JOIN flow_name n ON n.id = c.name_id AND n.what = 'party'
	 WHERE c.target_id = p_old;
	UPDATE flow_sample s JOIN flow_name n ON n.id = s.name_id AND n.what = 'party'
	   SET s.target_id = p_new
	 WHERE s.target_id = p_old;
	OPEN names;
	one: LOOP
		SET v_end = 0;
		FETCH names INTO v_name, v_method, v_score;
		IF v_end THEN
			LEAVE one;
		END IF;
		CALL flow_name_set(v_name, 'matched', p_new, 1, v_method, v_score, 0);
	END LOOP;
	CLOSE names;
END//

-- The duplicate, as the page had it, is the same as another. No row: it is another by now.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE party_merge(IN p_old BIGINT, IN p_version INT,
	IN p_new BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
own: BEGIN
	DECLARE v_n INT;
	DECLARE v_since DATE;
	DECLARE v_why VARCHAR(200);
	DECLARE v_uscc CHAR(18);

	CALL flow_turn_merge(p_old, p_new);
	SELECT COUNT(*) INTO v_n FROM party WHERE id IN (p_old, p_new) FOR UPDATE;
	IF v_n = 0 OR NOT (SELECT version FROM party WHERE id = p_old) <=> p_version THEN
		LEAVE own;
	END IF;
	SET v_why = merge_hindrance(p_old, p_new);
	IF v_why IS NOT NULL THEN
		CALL refuse(v_why);
	END IF;
	-- no month is locked meanwhile
	SELECT COUNT(*) INTO v_n FROM period LOCK IN SHARE MODE;
	SET v_since = merge_since();
	SELECT uscc INTO v_uscc FROM party WHERE id = p_old;
	UPDATE party
	   SET status = 'closed', merged_into = p_new, merged_at = UTC_TIMESTAMP(6), uscc = NULL,
	       version = version + 1
	 WHERE id = p_old;
	UPDATE party SET merged_into = p_new WHERE merged_into = p_old;
	UPDATE party SET uscc = v_uscc, version = version + 1
	 WHERE id = p_new AND uscc IS NULL AND v_uscc IS NOT NULL;
	CALL merge_assignments(p_old, p_new, v_since);
	CALL merge_names(p_old, p_new);
	UPDATE party SET parent_id = p_new, version = version + 1 WHERE parent_id = p_old;
	UPDATE party_address SET branch_id = p_new, version = version + 1 WHERE branch_id = p_old;
	UPDATE party_address SET party_id = p_new, is_default = 0, version = version + 1
	 WHERE party_id = p_old;
	UPDATE IGNORE party_licence SET party_id = p_new, version = version + 1 WHERE party_id = p_old;
	UPDATE flow_correction_line l
	  JOIN flow_correction c ON c.id = l.correction_id AND c.status IN ('draft', 'waiting')
	   SET l.counterparty_id = p_new
	 WHERE l.counterparty_id = p_old;
	UPDATE IGNORE flow_case c
	  JOIN period p ON p.period = c.period AND p.status IN ('open', 'review')
	   SET c.terminal_id = p_new, c.version = c.version + 1
	 WHERE c.terminal_id = p_old;
	SELECT p_new AS id;
END//

-- Rows of a file that was being read while somebody merged: its worker knew the duplicate still.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE merge_file(IN p_file BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_period INT;
	DECLARE v_sender BIGINT;
	DECLARE v_made DATETIME(6);

	SELECT book_period, party_id, created_at INTO v_period, v_sender, v_made
	  FROM flow_file WHERE id = p_file;
	IF EXISTS (SELECT 1 FROM party WHERE merged_into IS NOT NULL AND merged_at >= v_made) THEN
		UPDATE flow_name n
		  JOIN party p ON p.id = n.target_id AND p.merged_into IS NOT NULL
		   SET n.target_id = p.merged_into, n.version = n.version + 1
		 WHERE n.sender_id = v_sender AND n.what = 'party';
		UPDATE flow_row r
		  JOIN party p ON p.id = r.party_id AND p.merged_into IS NOT NULL
		   SET r.party_id = p.merged_into
		 WHERE r.book_period = v_period
		   AND r.id BETWEEN p_file * 10000000 AND p_file * 10000000 + 9999999;
	END IF;
END//

DELIMITER ;
