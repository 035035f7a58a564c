-- What runs without anybody asking.

DELIMITER //

-- Clears what has expired; safe at any time, as often as one likes. Returns how many rows went, by
-- kind.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE jobs_housekeep()
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
	DECLARE v_sessions, v_devices, v_keys INT;

	DELETE FROM session WHERE expires_at < v_now LIMIT 10000;
	SET v_sessions = ROW_COUNT();
	DELETE FROM trusted_device WHERE expires_at < v_now LIMIT 10000;
	SET v_devices = ROW_COUNT();
	DELETE FROM idempotency WHERE created_at < v_now - INTERVAL 3 DAY LIMIT 10000;
	SET v_keys = ROW_COUNT();
	SELECT v_sessions AS sessions, v_devices AS devices, v_keys AS idempotency_keys;
END//

DELIMITER ;
