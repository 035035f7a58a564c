-- Which notices ring for whom (UX 13).

DELIMITER //

-- The kinds a user of a site is told: kind, duty (why it cannot be switched off, or NULL), rings.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE notice_choices(IN p_site VARCHAR(10),
	IN p_user BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT k.kind, k.duty, o.kind IS NULL OR k.duty IS NOT NULL AS rings
	  FROM notice_kind k
	  LEFT JOIN notice_off o ON o.user_id = p_user AND o.kind = k.kind
	 WHERE k.site = p_site
	 ORDER BY k.seq;
END//

-- p_kinds, with commas between, ring for a user; the others of his site do not, but for duties.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE notice_choose(IN p_site VARCHAR(10),
	IN p_user BIGINT, IN p_kinds TEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DELETE FROM notice_off WHERE user_id = p_user AND FIND_IN_SET(kind, p_kinds);
	INSERT INTO notice_off (user_id, kind)
	SELECT p_user, k.kind
	  FROM notice_kind k
	 WHERE k.site = p_site AND k.duty IS NULL AND NOT FIND_IN_SET(k.kind, p_kinds)
	   AND NOT EXISTS (SELECT 1 FROM notice_off o WHERE o.user_id = p_user AND o.kind = k.kind);
	SELECT 1 AS good;
END//

DELIMITER ;
