-- Who reports (flow_source): asked for what is missing, or excused; and whose month is confirmed.

DELIMITER //

-- The month whose files are collected: over, until its review ends; else the last that has begun.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_collect_period() RETURNS INT
SQL SECURITY DEFINER READS SQL DATA
RETURN (SELECT COALESCE(MAX(IF(business_day() BETWEEN ends_on AND review_by, period, NULL)), MAX(period), 0)
	  FROM period WHERE starts_on <= business_day())//

-- Asks a sender for what is missing of a month: a message to everyone there who may send files,
-- and to who collects. p_told: how many people that were; NULL: he was asked today already, however
-- close the two were.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_source_ask(IN p_party BIGINT,
	IN p_period INT, OUT p_told INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
ask: BEGIN
	DECLARE v_args VARCHAR(400);
	DECLARE v_held INT;

	SET p_told = NULL;
	SELECT COUNT(*) INTO v_held FROM flow_source WHERE party_id = p_party FOR UPDATE;
	IF EXISTS (SELECT 1 FROM flow_reminder WHERE party_id = p_party AND period = p_period
		AND day = business_day()) THEN
		LEAVE ask;
	END IF;
	SELECT CONCAT('no=', LEFT(p_period, 4), '-', RIGHT(p_period, 2), '|who=', name) INTO v_args
	  FROM party WHERE id = p_party;
	INSERT INTO notification (user_id, kind, args, href)
	SELECT DISTINCT u.id, 'flow.missing', v_args, '/uploads/new'
	  FROM app_user u
	  JOIN user_role x ON x.user_id = u.id
	  JOIN role_permission rp ON rp.role_id = x.role_id AND rp.permission = 'flow.upload'
	 WHERE u.party_id = p_party AND u.site = 'portal' AND u.status = 'active'
	   AND u.branch_id IS NULL;
	SET p_told = ROW_COUNT();
	INSERT INTO notification (user_id, kind, args, href)
	SELECT u.id, 'flow.missing', v_args, CONCAT('/flowsources/view?id=', p_party)
	  FROM flow_source s
	  JOIN app_user u ON u.id = s.collector_id AND u.status = 'active'
	 WHERE s.party_id = p_party AND NOT u.id <=> @actor_id;
	SET p_told = p_told + ROW_COUNT();
	INSERT INTO flow_reminder (party_id, period, day, told, created_by)
	VALUES (p_party, p_period, business_day(), p_told, @actor_id);
END//

-- One sender, once a day. Returns told, the number of people.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_source_remind(IN p_party BIGINT,
	IN p_period INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_told INT;

	IF NOT EXISTS (SELECT 1 FROM flow_due WHERE party_id = p_party AND period = p_period
		AND source_status = 'active' AND state IN ('missing', 'waiting')
		AND period_status IN ('open', 'review')) THEN
		CALL refuse('flow.not_missing');
	END IF;
	CALL flow_source_ask(p_party, p_period, v_told);
	IF v_told IS NULL THEN
		CALL refuse('flow.reminded');
	END IF;
	SELECT v_told AS told;
END//

-- Asks all senders the session sees (jobs see all) that are late with a month and were not asked today,
-- those of one collector or (0) of all.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_source_ask_late(IN p_period INT,
	IN p_collector BIGINT, OUT p_senders INT, OUT p_told INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_told INT;
	DECLARE v_end TINYINT DEFAULT 0;
	DECLARE late CURSOR FOR SELECT d.party_id
		  FROM flow_due d
		 WHERE d.period = p_period AND d.period_status IN ('open', 'review')
		   AND d.source_status = 'active' AND d.state = 'missing'
		   AND p_collector IN (0, d.collector_id) AND sender_is_mine(d.party_id)
		   AND NOT EXISTS (SELECT 1 FROM flow_reminder r WHERE r.party_id = d.party_id
			AND r.period = d.period AND r.day = business_day())
		 ORDER BY d.party_id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

	SET p_senders = 0, p_told = 0;
	OPEN late;
	one: LOOP
		SET v_end = 0;
		FETCH late INTO v_party;
		IF v_end THEN
			LEAVE one;
		END IF;
		CALL flow_source_ask(v_party, p_period, v_told);
		SET p_senders = p_senders + (v_told IS NOT NULL), p_told = p_told + COALESCE(v_told, 0);
	END LOOP;
	CLOSE late;
END//

-- All in one go, by a person. Returns senders, told.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_source_remind_all(IN p_period INT,
	IN p_collector BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_senders, v_told INT;

	CALL flow_source_ask_late(p_period, p_collector, v_senders, v_told);
	IF v_senders = 0 THEN
		CALL refuse('flow.none_missing');
	END IF;
	SELECT v_senders AS senders, v_told AS told;
END//

-- The same by itself, for the month whose files are collected: from the day after a sender's due day
-- until the review ends. Running it again that day does nothing. Returns senders, told.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_source_remind_due()
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_senders, v_told INT;

	CALL flow_source_ask_late(flow_collect_period(), 0, v_senders, v_told);
	SELECT v_senders AS senders, v_told AS told;
END//

-- A month may lock without this sender, for a reason. Returns a row; none: there is an excuse.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_source_excuse(IN p_party BIGINT,
	IN p_period INT, IN p_reason VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF NOT EXISTS (SELECT 1 FROM flow_due WHERE party_id = p_party AND period = p_period
		AND state IN ('missing', 'waiting', 'excused')
		AND period_status IN ('open', 'review')) THEN
		CALL refuse('flow.not_missing');
	END IF;
	INSERT IGNORE INTO flow_excuse (party_id, period, reason, created_by)
	VALUES (p_party, p_period, TRIM(p_reason), @actor_id);
	SELECT p_party AS id FROM (SELECT ROW_COUNT() AS n) q WHERE q.n = 1;
END//

-- A sender's rows of a month have changed: it is to be confirmed again.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_confirm_undo(IN p_period INT,
	IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
UPDATE flow_confirm SET undone_at = UTC_TIMESTAMP(6)
 WHERE period = p_period AND party_id = p_party AND undone_at IS NULL//

-- The month of a sender as it stands is confirmed; whoever changes its rows holds the month too, so that
-- nobody confirms what changes meanwhile. No row: he reports no such month.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_confirm_set(IN p_party BIGINT,
	IN p_period INT, IN p_site VARCHAR(6), IN p_note VARCHAR(200), IN p_user BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_status, v_stage VARCHAR(12);
	DECLARE v_month CHAR(7) DEFAULT CONCAT(LEFT(p_period, 4), '-', RIGHT(p_period, 2));

	SELECT status INTO v_status FROM period WHERE period = p_period FOR UPDATE;
	SELECT stage INTO v_stage FROM flow_stage
	 WHERE party_id = p_party AND period = p_period AND source_status = 'active';
	IF v_stage IS NOT NULL THEN
		IF v_status NOT IN ('open', 'review') THEN
			CALL refuse(CONCAT('flow.month_closed|month|month=', v_month));
		ELSEIF v_stage = 'confirmed' THEN
			CALL refuse(CONCAT('flow.confirmed|month|month=', v_month));
		ELSEIF v_stage IN ('none', 'received') THEN
			CALL refuse(CONCAT('flow.confirm_missing|month|month=', v_month));
		ELSEIF v_stage = 'cleaned' THEN
			CALL refuse(CONCAT('flow.confirm_unmatched|month|month=', v_month));
		END IF;
		INSERT INTO flow_confirm (period, party_id, site, note, confirmed_by, confirmed_at)
		VALUES (p_period, p_party, p_site, p_note, p_user, UTC_TIMESTAMP(6))
		    ON DUPLICATE KEY UPDATE site = p_site, note = p_note, confirmed_by = p_user,
		       confirmed_at = UTC_TIMESTAMP(6), undone_at = NULL;
		SELECT p_party AS id;
	END IF;
END//

-- Staff for a sender, on whose word the note says.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_source_confirm(IN p_party BIGINT,
	IN p_period INT, IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF COALESCE(TRIM(p_note), '') = '' THEN
		CALL refuse('required|note');
	END IF;
	CALL flow_confirm_set(p_party, p_period, 'office', TRIM(p_note), @actor_id);
END//

DELIMITER ;
