-- Who reports (flow_source): asked for what is missing, or excused.

DELIMITER //

-- Asks a sender for what is missing of a month: a message to everyone there who may send files,
-- and to who collects; once a day. Returns told, the number of people.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_source_remind(IN p_party BIGINT,
	IN p_period INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_told INT DEFAULT 0;
	DECLARE v_args VARCHAR(400);

	IF NOT EXISTS (SELECT 1 FROM flow_due WHERE party_id = p_party AND period = p_period
		AND source_status = 'active' AND state IN ('missing', 'waiting')
		AND period_status IN ('open', 'review')) THEN
		CALL refuse('flow.not_missing');
	ELSEIF EXISTS (SELECT 1 FROM flow_reminder WHERE party_id = p_party AND period = p_period
		AND day = v_day) THEN
		CALL refuse('flow.reminded');
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
	SET v_told = ROW_COUNT();
	INSERT INTO notification (user_id, kind, args, href)
	SELECT u.id, 'flow.missing', v_args, CONCAT('/flowsources/view?id=', p_party)
	  FROM flow_source s
	  JOIN app_user u ON u.id = s.collector_id AND u.status = 'active'
	 WHERE s.party_id = p_party AND NOT u.id <=> @actor_id;
	SET v_told = v_told + ROW_COUNT();
	INSERT INTO flow_reminder (party_id, period, day, told, created_by)
	VALUES (p_party, p_period, v_day, v_told, @actor_id);
	SELECT v_told AS told;
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

DELIMITER ;
