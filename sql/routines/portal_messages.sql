-- Portal: the messages of the person who asks. p_state: unread, read; p_kind: order, shipment, invoice and so on.

DELIMITER //

-- id, sort_key, kind (key of the words), about (number of the record), who, state, flag, created_at.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_messages_list(IN p_token VARCHAR(64),
	IN p_state VARCHAR(10), IN p_kind VARCHAR(10), IN p_sort VARCHAR(40),
	IN p_after_key VARCHAR(40), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	IF LEFT(p_sort, 1) = '-' THEN
		SELECT m.*, m.id AS sort_key
		  FROM message m
		 WHERE m.user_id = v_user AND (p_state IS NULL OR m.state = p_state)
		   AND (p_kind IS NULL OR m.kind LIKE CONCAT(p_kind, '.%'))
		   AND (p_after_id IS NULL OR m.id < p_after_id)
		 ORDER BY m.id DESC
		 LIMIT p_limit;
	ELSE
		SELECT m.*, m.id AS sort_key
		  FROM message m
		 WHERE m.user_id = v_user AND (p_state IS NULL OR m.state = p_state)
		   AND (p_kind IS NULL OR m.kind LIKE CONCAT(p_kind, '.%'))
		   AND (p_after_id IS NULL OR m.id > p_after_id)
		 ORDER BY m.id
		 LIMIT p_limit;
	END IF;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_messages_count(IN p_token VARCHAR(64),
	IN p_state VARCHAR(10), IN p_kind VARCHAR(10))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1 FROM message m
		 WHERE m.user_id = v_user AND (p_state IS NULL OR m.state = p_state)
		   AND (p_kind IS NULL OR m.kind LIKE CONCAT(p_kind, '.%'))
		 LIMIT 1001) counted;
END//

-- Where a message leads; it is read by that. No row: none of this person's.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_messages_open(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	UPDATE notification SET read_at = UTC_TIMESTAMP(6)
	 WHERE id = p_id AND user_id = v_user AND read_at IS NULL;
	SELECT COALESCE(href, '') AS href FROM notification WHERE id = p_id AND user_id = v_user;
END//

-- As notice_choices().
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_messages_choices(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	CALL notice_choices('portal', v_user);
END//

-- As notice_choose().
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_messages_choose(IN p_token VARCHAR(64),
	IN p_kinds TEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	CALL notice_choose('portal', v_user, p_kinds);
END//

-- All of them are read.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_messages_read(IN p_token VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	UPDATE notification SET read_at = UTC_TIMESTAMP(6)
	 WHERE user_id = v_user AND read_at IS NULL;
	SELECT ROW_COUNT() AS good;
END//

DELIMITER ;
