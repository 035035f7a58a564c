-- What makes a month's figures of a sender due again; balances of a settled month do not change; states
-- of corrections, cases and months move along workflow_transition only.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER due_flow_file AFTER UPDATE ON flow_file
FOR EACH ROW
BEGIN
	IF (NEW.status = 'imported') <> (OLD.status = 'imported') THEN
		INSERT IGNORE INTO flow_dirty (period, party_id) VALUES (NEW.book_period, NEW.party_id);
		CALL flow_confirm_undo(NEW.book_period, NEW.party_id);
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER due_flow_name AFTER UPDATE ON flow_name
FOR EACH ROW
BEGIN
	IF NOT (NEW.target_id <=> OLD.target_id) OR NEW.factor <> OLD.factor OR NEW.state <> OLD.state THEN
		INSERT IGNORE INTO flow_dirty (period, party_id)
		SELECT period, NEW.sender_id FROM period
		 WHERE status IN ('open', 'review') AND ends_on >= NEW.first_seen;
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER due_assignment_insert AFTER INSERT
	ON terminal_assignment
FOR EACH ROW
BEGIN
	IF COALESCE(@bulk_load, 0) = 0 THEN
		INSERT IGNORE INTO flow_dirty (period, party_id)
		SELECT DISTINCT m.book_period, m.sender_id
		  FROM period p JOIN flow_month m ON m.book_period = p.period AND m.party_id = NEW.party_id
		 WHERE p.status IN ('open', 'review') AND p.ends_on >= NEW.valid_from;
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER due_assignment_update AFTER UPDATE
	ON terminal_assignment
FOR EACH ROW
BEGIN
	INSERT IGNORE INTO flow_dirty (period, party_id)
	SELECT DISTINCT m.book_period, m.sender_id
	  FROM period p JOIN flow_month m ON m.book_period = p.period
	   AND m.party_id IN (NEW.party_id, OLD.party_id)
	 WHERE p.status IN ('open', 'review');
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER due_assignment_delete AFTER DELETE
	ON terminal_assignment
FOR EACH ROW
BEGIN
	INSERT IGNORE INTO flow_dirty (period, party_id)
	SELECT DISTINCT m.book_period, m.sender_id
	  FROM period p JOIN flow_month m ON m.book_period = p.period AND m.party_id = OLD.party_id
	 WHERE p.status IN ('open', 'review') AND p.ends_on >= OLD.valid_from;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_balance_insert BEFORE INSERT
	ON flow_balance
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period = NEW.period AND status IN ('locked', 'closed'))
		AND (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1)
			IN ('office', 'portal', 'login', 'jobs')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(NEW.period, 4), '-',
			RIGHT(NEW.period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_balance_update BEFORE UPDATE
	ON flow_balance
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period IN (OLD.period, NEW.period)
		AND status IN ('locked', 'closed')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(OLD.period, 4), '-',
			RIGHT(OLD.period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER month_flow_balance_delete BEFORE DELETE
	ON flow_balance
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM period WHERE period = OLD.period AND status IN ('locked', 'closed')) THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(OLD.period, 4), '-',
			RIGHT(OLD.period, 2)));
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_period_update BEFORE UPDATE ON period
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'period' AND from_state = OLD.status AND to_state = NEW.status) THEN
		CALL refuse('state.transition|status|entity=period');
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_flow_correction_update BEFORE UPDATE
	ON flow_correction
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'flow_correction' AND from_state = OLD.status AND to_state = NEW.status) THEN
		CALL refuse('state.transition|status|entity=flow_correction');
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_flow_case_update BEFORE UPDATE ON flow_case
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'flow_case' AND from_state = OLD.status AND to_state = NEW.status) THEN
		CALL refuse('state.transition|status|entity=flow_case');
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_flow_stock_entry_update BEFORE UPDATE
	ON flow_stock_entry
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=flow_stock_entry'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_flow_stock_entry_delete BEFORE DELETE
	ON flow_stock_entry
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=flow_stock_entry'//

DELIMITER ;
