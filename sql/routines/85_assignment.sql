-- Dated responsibility for terminals (DOMAIN 2.6): told from a day on. What was so before that day stays,
-- what was planned behind it is replaced, and the shares of every day sum to 1 or nobody has the terminal
-- (for a group: who has all products). The triggers make months due; flow_piece() gives rows their new rep.

DELIMITER //

-- Refuses a day of a month that is locked, or before it; holds the open ones until the transaction ends.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE assignment_day(IN p_since DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_period INT;
	DECLARE v_held INT;

	SELECT MAX(IF(status IN ('locked', 'closed'), period, NULL)), COUNT(*) INTO v_period, v_held
	  FROM period WHERE ends_on >= p_since LOCK IN SHARE MODE;
	IF v_period IS NOT NULL THEN
		CALL refuse(CONCAT('assignment.locked|since|month=', LEFT(v_period, 4), '-',
			RIGHT(v_period, 2)));
	END IF;
END//

-- From a day on a terminal is looked after by these people, for one group of products or (NULL) for all
-- that no group tells of. p_people: [{"row":1,"user":7,"share":"60"}, …] in percent, empty: nobody. p_state is
-- assignment_state() as the page had it; no row when it is another by now, or there is no such terminal.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE assignment_set(IN p_party BIGINT,
	IN p_group BIGINT, IN p_since DATE, IN p_people TEXT, IN p_state BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
own: BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_key BIGINT DEFAULT COALESCE(p_group, 0);
	DECLARE v_n, v_different, v_row INT;
	DECLARE v_sum DECIMAL(12,4);

	SELECT id INTO v_party FROM party WHERE id = p_party FOR UPDATE;
	IF v_party IS NULL OR assignment_state(p_party) <> p_state THEN
		LEAVE own;
	END IF;
	CALL assignment_day(p_since);
	SELECT COUNT(*), COUNT(DISTINCT j.user), SUM(j.share), MAX(IF(u.id IS NULL, j.row, NULL))
	  INTO v_n, v_different, v_sum, v_row
	  FROM JSON_TABLE(p_people, '$[*]' COLUMNS (row INT PATH '$.row', user BIGINT PATH '$.user',
		share DECIMAL(6,2) PATH '$.share')) j
	  LEFT JOIN app_user u ON u.id = j.user AND u.site = 'office' AND u.status = 'active';
	IF v_row IS NOT NULL THEN
		CALL refuse(CONCAT('assignment.rep|rep.', v_row));
	ELSEIF v_n <> v_different THEN
		CALL refuse('assignment.twice|rep.1');
	ELSEIF v_n > 0 AND v_sum <> 100 THEN
		CALL refuse(CONCAT('assignment.sum|share.1|sum=', v_sum));
	END IF;
	DELETE FROM terminal_assignment
	 WHERE party_id = p_party AND group_key = v_key AND valid_from >= p_since;
	UPDATE terminal_assignment
	   SET valid_to = p_since - INTERVAL 1 DAY, version = version + 1
	 WHERE party_id = p_party AND group_key = v_key AND COALESCE(valid_to, p_since) >= p_since;
	INSERT INTO terminal_assignment (party_id, product_group_id, user_id, share, valid_from, created_by)
	SELECT p_party, p_group, j.user, j.share / 100, p_since, @actor_id
	  FROM JSON_TABLE(p_people, '$[*]' COLUMNS (user BIGINT PATH '$.user',
		share DECIMAL(6,2) PATH '$.share')) j;
	SELECT p_party AS id;
END//

-- A number that changes with every change of a terminal's responsibility.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION assignment_state(p_party BIGINT)
RETURNS BIGINT
SQL SECURITY DEFINER READS SQL DATA
RETURN COALESCE((SELECT CRC32(GROUP_CONCAT(id, ':', version ORDER BY id))
	  FROM terminal_assignment WHERE party_id = p_party), 0)//

-- What one person has of a terminal from a day on becomes another's; where that one has a share already,
-- the shares are added up, day by day.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE assignment_move(IN p_party BIGINT,
	IN p_key BIGINT, IN p_old BIGINT, IN p_new BIGINT, IN p_since DATE)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_from, v_to DATE;
	DECLARE v_share DECIMAL(6,4);
	DECLARE v_end TINYINT DEFAULT 0;
	DECLARE v_open DATE DEFAULT '9999-12-30';
	DECLARE pieces CURSOR FOR
		WITH mine AS (SELECT GREATEST(valid_from, p_since) AS first,
				COALESCE(valid_to, v_open) AS last, share
			  FROM terminal_assignment
			 WHERE party_id = p_party AND group_key = p_key AND user_id IN (p_old, p_new)
			   AND COALESCE(valid_to, v_open) >= p_since),
		edge AS (SELECT first AS day FROM mine UNION SELECT last + INTERVAL 1 DAY FROM mine)
		SELECT e.day, (SELECT MIN(n.day) FROM edge n WHERE n.day > e.day) - INTERVAL 1 DAY,
		       SUM(m.share)
		  FROM edge e
		  JOIN mine m ON e.day BETWEEN m.first AND m.last
		 GROUP BY e.day ORDER BY e.day;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

	OPEN pieces;
	DELETE FROM terminal_assignment
	 WHERE party_id = p_party AND group_key = p_key AND user_id IN (p_old, p_new)
	   AND valid_from >= p_since;
	UPDATE terminal_assignment
	   SET valid_to = p_since - INTERVAL 1 DAY, version = version + 1
	 WHERE party_id = p_party AND group_key = p_key AND user_id IN (p_old, p_new)
	   AND COALESCE(valid_to, v_open) >= p_since;
	one: LOOP
		SET v_end = 0;
		FETCH pieces INTO v_from, v_to, v_share;
		IF v_end THEN
			LEAVE one;
		END IF;
		INSERT INTO terminal_assignment (party_id, product_group_id, user_id, share,
			valid_from, valid_to, created_by)
		VALUES (p_party, NULLIF(p_key, 0), p_new, v_share, v_from, NULLIF(v_to, v_open),
			@actor_id);
	END LOOP;
	CLOSE pieces;
END//

-- Terminals of one person become another's from a day on: those named by p_parties (a JSON array of ids),
-- NULL: all below the region ('' anywhere). p_expected terminals were shown before; no row when
-- there are others by now. Returns moved.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE assignment_transfer(IN p_old BIGINT,
	IN p_new BIGINT, IN p_since DATE, IN p_region VARCHAR(12), IN p_parties TEXT,
	IN p_expected INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
own: BEGIN
	DECLARE v_party, v_key BIGINT;
	DECLARE v_n INT;
	DECLARE v_end TINYINT DEFAULT 0;
	DECLARE held CURSOR FOR SELECT DISTINCT a.party_id, a.group_key
		  FROM terminal_assignment a
		  JOIN party y ON y.id = a.party_id AND (p_region = '' OR y.region_code
			LIKE CONCAT(p_region, '%'))
		 WHERE a.user_id = p_old AND COALESCE(a.valid_to, p_since) >= p_since
		   AND (p_parties IS NULL OR JSON_CONTAINS(p_parties, a.party_id))
		 ORDER BY a.party_id, a.group_key;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

	CALL assignment_day(p_since);
	IF p_old = p_new THEN
		CALL refuse('assignment.same|to');
	ELSEIF NOT EXISTS (SELECT 1 FROM app_user WHERE id = p_new AND site = 'office'
		AND status = 'active') THEN
		CALL refuse('assignment.rep|to');
	END IF;
	SELECT COUNT(DISTINCT a.party_id) INTO v_n
	  FROM terminal_assignment a
	  JOIN party y ON y.id = a.party_id
	 WHERE a.user_id = p_old AND COALESCE(a.valid_to, p_since) >= p_since
	   AND (p_region = '' OR y.region_code LIKE CONCAT(p_region, '%'))
	   AND (p_parties IS NULL OR JSON_CONTAINS(p_parties, a.party_id))
	   FOR UPDATE;
	IF v_n = 0 THEN
		CALL refuse('assignment.none|from');
	ELSEIF v_n <> p_expected THEN
		LEAVE own;
	END IF;
	OPEN held;
	one: LOOP
		SET v_end = 0;
		FETCH held INTO v_party, v_key;
		IF v_end THEN
			LEAVE one;
		END IF;
		CALL assignment_move(v_party, v_key, p_old, p_new, p_since);
	END LOOP;
	CLOSE held;
	SELECT v_n AS moved;
END//

DELIMITER ;
