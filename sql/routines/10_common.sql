-- What all routines share: business day, parameters, refusals, numbers.
-- Refusals: SQLSTATE 45000, text `code|field|name=value|…`.

DELIMITER //

-- Ends the caller with a refusal.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE refuse(IN p_text VARCHAR(400))
SQL SECURITY DEFINER NO SQL
BEGIN
	SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = p_text;
END//

-- The business date in Asia/Shanghai, which has no summer time.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION business_day() RETURNS DATE
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)//

-- @execute office jobs login
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION param_int(p_name VARCHAR(60),
	p_default INT) RETURNS INT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN COALESCE((SELECT CAST(value AS SIGNED) FROM param WHERE name = p_name), p_default)//

-- A moment from text that came with a URL; what is none is NULL, not an error.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION moment_of(
	p_text VARCHAR(200)) RETURNS DATETIME(6)
SQL SECURITY DEFINER DETERMINISTIC NO SQL
BEGIN
	DECLARE EXIT HANDLER FOR SQLEXCEPTION RETURN NULL;

	RETURN CAST(p_text AS DATETIME(6));
END//

-- The one test of expiry (X07): the printed day is the last valid one.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION is_expired(p_expires DATE,
	p_day DATE) RETURNS TINYINT
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN p_day > p_expires//

-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION is_working_day(p_day DATE) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN COALESCE((SELECT working FROM calendar_day WHERE day = p_day), WEEKDAY(p_day) < 5)//

-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION next_working_day(p_day DATE) RETURNS DATE
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_tries INT DEFAULT 0;

	WHILE NOT is_working_day(p_day) AND v_tries < 30 DO
		SET p_day = p_day + INTERVAL 1 DAY, v_tries = v_tries + 1;
	END WHILE;
	RETURN p_day;
END//

-- Day p_day of the month p_months after p_base, or its last day.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION month_day(p_base DATE, p_months INT,
	p_day INT) RETURNS DATE
SQL SECURITY DEFINER DETERMINISTIC NO SQL
BEGIN
	DECLARE v_last DATE DEFAULT LAST_DAY(LAST_DAY(p_base) - INTERVAL (DAY(LAST_DAY(p_base)) - 1) DAY
		+ INTERVAL p_months MONTH);

	RETURN v_last - INTERVAL (DAY(v_last) - LEAST(p_day, DAY(v_last))) DAY;
END//

-- Due date by payment term (DOMAIN 3.3), before the working-day rule.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION term_date(p_kind VARCHAR(10), p_base DATE,
	p_days INT,
	p_cut INT, p_pay INT, p_months INT) RETURNS DATE
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN CASE p_kind
	WHEN 'net' THEN p_base + INTERVAL p_days DAY
	WHEN 'eom' THEN LAST_DAY(p_base) + INTERVAL p_days DAY
	WHEN 'monthly' THEN month_day(p_base, p_months + IF(DAY(p_base) <= p_cut, 0, 1), p_pay)
	WHEN 'previous' THEN p_base + INTERVAL p_days DAY
	WHEN 'sold' THEN LAST_DAY(p_base) + INTERVAL p_days DAY
	ELSE p_base END//

-- Due date of a document of a customer.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION due_date(p_party BIGINT,
	p_base DATE) RETURNS DATE
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_due DATE;

	SELECT term_date(terms_kind, p_base, terms_days, terms_cut_day, terms_pay_day, terms_months)
	  INTO v_due
	  FROM customer
	 WHERE party_id = p_party;
	IF param_int('due.next_working_day', 1) = 1 THEN
		SET v_due = next_working_day(v_due);
	END IF;
	RETURN v_due;
END//

-- Net part of a gross amount: rounded half up to the fen, once per line.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION net_of(p_gross DECIMAL(18,2),
	p_rate DECIMAL(5,4)) RETURNS DECIMAL(18,2)
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN ROUND(p_gross / (1 + p_rate), 2)//

-- The next number of a kind: <kind><yyyymmdd>-<customer code>-<nn>; they run per
-- customer and day. Without a customer: <kind><yyyymmdd>-<nnnn>.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE next_number(IN p_kind VARCHAR(4),
	IN p_party BIGINT,
	IN p_day DATE, OUT p_number VARCHAR(32))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_last INT;
	DECLARE v_code VARCHAR(20);

	INSERT INTO number_series (kind, scope, day, last)
	VALUES (p_kind, COALESCE(p_party, 0), p_day, 1)
	    ON DUPLICATE KEY UPDATE last = last + 1;
	SELECT last INTO v_last
	  FROM number_series
	 WHERE kind = p_kind AND scope = COALESCE(p_party, 0) AND day = p_day;
	SELECT code INTO v_code FROM party WHERE id = p_party;
	SET p_number = CONCAT(p_kind, DATE_FORMAT(p_day, '%Y%m%d'), '-',
		IF(v_code IS NULL, LPAD(v_last, GREATEST(4, LENGTH(v_last)), '0'),
			CONCAT(v_code, '-', LPAD(v_last, GREATEST(2, LENGTH(v_last)), '0'))));
END//

-- Tells a user of the site something happened; p_args as name=value|….
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE notify_user(IN p_user BIGINT,
	IN p_kind VARCHAR(40),
	IN p_args VARCHAR(400), IN p_href VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO notification (user_id, kind, args, href)
	SELECT id, p_kind, p_args, p_href FROM app_user WHERE id = p_user AND status = 'active';
END//

DELIMITER ;
