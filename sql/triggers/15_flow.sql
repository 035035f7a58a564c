-- Figures of a month that is locked or closed do not change, whoever tries. A loader of the
-- admin may set @bulk_load = 1 to bring the past in.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_row_insert BEFORE INSERT
	ON flow_row
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period = NEW.book_period AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(NEW.book_period, 4), '-',
			RIGHT(NEW.book_period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_row_update BEFORE UPDATE
	ON flow_row
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period IN (OLD.book_period, NEW.book_period)
		AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(OLD.book_period, 4), '-',
			RIGHT(OLD.book_period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_row_delete BEFORE DELETE
	ON flow_row
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period = OLD.book_period AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(OLD.book_period, 4), '-',
			RIGHT(OLD.book_period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_stock_report_insert BEFORE INSERT
	ON stock_report
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period = NEW.book_period AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(NEW.book_period, 4), '-',
			RIGHT(NEW.book_period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_stock_report_update BEFORE UPDATE
	ON stock_report
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period IN (OLD.book_period, NEW.book_period)
		AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(OLD.book_period, 4), '-',
			RIGHT(OLD.book_period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_stock_report_delete BEFORE DELETE
	ON stock_report
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period = OLD.book_period AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(OLD.book_period, 4), '-',
			RIGHT(OLD.book_period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_month_insert BEFORE INSERT
	ON flow_month
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period = NEW.book_period AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(NEW.book_period, 4), '-',
			RIGHT(NEW.book_period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_month_update BEFORE UPDATE
	ON flow_month
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period IN (OLD.book_period, NEW.book_period)
		AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(OLD.book_period, 4), '-',
			RIGHT(OLD.book_period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_month_delete BEFORE DELETE
	ON flow_month
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period = OLD.book_period AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(OLD.book_period, 4), '-',
			RIGHT(OLD.book_period, 2)));
	END IF;
END//

DELIMITER ;
