-- Customers: who looks after them, dated.

DELIMITER //

-- From today p_user looks after the customer; who did before stays on record.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE customer_assign(IN p_party BIGINT,
	IN p_user BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_today DATE DEFAULT business_day();

	UPDATE customer_rep SET valid_to = v_today - INTERVAL 1 DAY
	 WHERE party_id = p_party AND valid_to IS NULL AND valid_from < v_today;
	INSERT INTO customer_rep (party_id, user_id, valid_from) VALUES (p_party, p_user, v_today)
	    ON DUPLICATE KEY UPDATE user_id = VALUES(user_id), valid_to = NULL;
	UPDATE customer
	   SET rep_id = p_user, org_unit_id = (SELECT org_unit_id FROM app_user WHERE id = p_user)
	 WHERE party_id = p_party;
END//

-- Something done to an account of a customer, or no row: enable, disable, end (all
-- sessions), unlock, factor (second factor off), link (p_link: 64 hex characters).
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE customer_user_act(IN p_user BIGINT,
	IN p_what VARCHAR(10), IN p_link VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_login VARCHAR(60);

	SELECT login INTO v_login FROM app_user WHERE id = p_user AND site = 'portal' FOR UPDATE;
	IF v_login IS NOT NULL THEN
		CASE p_what
		WHEN 'unlock' THEN
			UPDATE app_user SET failed_count = 0, locked_until = NULL WHERE id = p_user;
			CALL login_note('portal', p_user, v_login, 'unlocked', NULL, NULL);
		WHEN 'enable' THEN
			UPDATE app_user SET status = 'active', version = version + 1
				WHERE id = p_user AND status = 'disabled';
			CALL login_note('portal', p_user, v_login, 'enabled', NULL, NULL);
		WHEN 'disable' THEN
			CALL user_end_sessions(p_user, 1);
		WHEN 'end' THEN
			CALL user_end_sessions(p_user, 0);
		WHEN 'factor' THEN
			UPDATE app_user SET totp_secret = NULL, totp_pending = NULL
				WHERE id = p_user;
			DELETE FROM recovery_code WHERE user_id = p_user;
			CALL login_note('portal', p_user, v_login, 'factor_off', NULL, NULL);
			CALL user_end_sessions(p_user, 0);
		WHEN 'link' THEN
			CALL user_reset_link(p_user, p_link);
			CALL login_note('portal', p_user, v_login, 'link', NULL, NULL);
		END CASE;
		SELECT v_login AS login;
	END IF;
END//

-- The test report (药检报告) of a lot; buyers of the lot may fetch it.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE lot_report_set(IN p_lot BIGINT,
	IN p_attachment BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE lot SET report_id = p_attachment, version = version + 1 WHERE id = p_lot;
END//

DELIMITER ;
