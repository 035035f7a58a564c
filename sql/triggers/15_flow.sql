-- Figures of a month that is locked or closed do not change, whoever tries. A loader of the
-- admin may set @bulk_load = 1 to bring the past in.
--
-- The table of months is asked once a statement, not for each of a million rows: that a month is
-- open is kept in @month_open, sealed for this statement (NOW is its start, and only who is SUPER
-- may set it) with a key that sql/migrate draws anew and no account can read.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE month_must_be_open(IN p_old INT, IN p_new INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period IN (p_old, p_new) AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(p_old, 4), '-', RIGHT(p_old, 2)));
	END IF;
END//

-- Only a statement's first row comes here; profiles of a session show statements, not what functions return.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION month_seal(p_period INT) RETURNS CHAR(32)
SQL SECURITY DEFINER NO SQL
RETURN MD5(CONCAT(p_period, NOW(6), '$KEY$'))//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_row_insert BEFORE INSERT
	ON flow_row
FOR EACH ROW
BEGIN
	IF NOT (@month_open <=> MD5(CONCAT(NEW.book_period, NOW(6), '$KEY$'))) THEN
		CALL month_must_be_open(NEW.book_period, NEW.book_period);
		SET @month_open = month_seal(NEW.book_period);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_row_update BEFORE UPDATE
	ON flow_row
FOR EACH ROW
BEGIN
	IF OLD.book_period <> NEW.book_period
		OR NOT (@month_open <=> MD5(CONCAT(NEW.book_period, NOW(6), '$KEY$'))) THEN
		CALL month_must_be_open(OLD.book_period, NEW.book_period);
		SET @month_open = month_seal(NEW.book_period);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_row_delete BEFORE DELETE
	ON flow_row
FOR EACH ROW
BEGIN
	IF NOT (@month_open <=> MD5(CONCAT(OLD.book_period, NOW(6), '$KEY$'))) THEN
		CALL month_must_be_open(OLD.book_period, OLD.book_period);
		SET @month_open = month_seal(OLD.book_period);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_stock_report_insert BEFORE INSERT
	ON stock_report
FOR EACH ROW
BEGIN
	IF NOT (@month_open <=> MD5(CONCAT(NEW.book_period, NOW(6), '$KEY$'))) THEN
		CALL month_must_be_open(NEW.book_period, NEW.book_period);
		SET @month_open = month_seal(NEW.book_period);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_stock_report_update BEFORE UPDATE
	ON stock_report
FOR EACH ROW
BEGIN
	IF OLD.book_period <> NEW.book_period
		OR NOT (@month_open <=> MD5(CONCAT(NEW.book_period, NOW(6), '$KEY$'))) THEN
		CALL month_must_be_open(OLD.book_period, NEW.book_period);
		SET @month_open = month_seal(NEW.book_period);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_stock_report_delete BEFORE DELETE
	ON stock_report
FOR EACH ROW
BEGIN
	IF NOT (@month_open <=> MD5(CONCAT(OLD.book_period, NOW(6), '$KEY$'))) THEN
		CALL month_must_be_open(OLD.book_period, OLD.book_period);
		SET @month_open = month_seal(OLD.book_period);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_month_insert BEFORE INSERT
	ON flow_month
FOR EACH ROW
BEGIN
	IF NOT (@month_open <=> MD5(CONCAT(NEW.book_period, NOW(6), '$KEY$'))) THEN
		CALL month_must_be_open(NEW.book_period, NEW.book_period);
		SET @month_open = month_seal(NEW.book_period);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_month_update BEFORE UPDATE
	ON flow_month
FOR EACH ROW
BEGIN
	IF OLD.book_period <> NEW.book_period
		OR NOT (@month_open <=> MD5(CONCAT(NEW.book_period, NOW(6), '$KEY$'))) THEN
		CALL month_must_be_open(OLD.book_period, NEW.book_period);
		SET @month_open = month_seal(NEW.book_period);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_month_delete BEFORE DELETE
	ON flow_month
FOR EACH ROW
BEGIN
	IF NOT (@month_open <=> MD5(CONCAT(OLD.book_period, NOW(6), '$KEY$'))) THEN
		CALL month_must_be_open(OLD.book_period, OLD.book_period);
		SET @month_open = month_seal(OLD.book_period);
	END IF;
END//

DELIMITER ;
