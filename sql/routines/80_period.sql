-- Months of the flows: a row counts in its book_period.

DELIMITER //

-- The month is there, with the days it should be collected, reviewed and locked by.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_ensure(IN p_period INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_first DATE DEFAULT STR_TO_DATE(CONCAT(p_period, '01'), '%Y%m%d');

	IF NOT EXISTS (SELECT 1 FROM period WHERE period = p_period) THEN
		INSERT IGNORE INTO period (period, starts_on, ends_on, collect_by, review_by, lock_by)
		VALUES (p_period, v_first, LAST_DAY(v_first),
			LAST_DAY(v_first) + INTERVAL param_int('flow.collect_days', 3) DAY,
			LAST_DAY(v_first) + INTERVAL param_int('flow.review_days', 8) DAY,
			LAST_DAY(v_first) + INTERVAL param_int('flow.lock_days', 11) DAY);
	END IF;
END//

-- Holds the month open until the transaction ends; refuses when it is locked or closed.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_hold(IN p_period INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_status VARCHAR(8);

	SELECT status INTO v_status FROM period WHERE period = p_period LOCK IN SHARE MODE;
	IF v_status NOT IN ('open', 'review') THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(p_period, 4), '-',
			RIGHT(p_period, 2)));
	END IF;
END//

DELIMITER ;
