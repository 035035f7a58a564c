-- A recall moves along its workflow; what happened to it stays.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_recall_insert BEFORE INSERT ON recall
FOR EACH ROW
BEGIN
	IF (COALESCE(@bulk_load, 0) = 0 OR SUBSTRING_INDEX(USER(), '@', 1) IN ('office', 'portal',
		'login', 'jobs'))
		AND NOT EXISTS (SELECT 1 FROM workflow_state WHERE entity = 'recall'
			AND state = NEW.status AND initial = 1) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.initial|status|entity=recall';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_recall_update BEFORE UPDATE ON recall
FOR EACH ROW
BEGIN
	IF NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM workflow_transition
		WHERE entity = 'recall' AND from_state = OLD.status AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=recall';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_recall_event_update BEFORE UPDATE
	ON recall_event
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=recall_event'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_recall_event_delete BEFORE DELETE
	ON recall_event
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=recall_event'//

DELIMITER ;
