-- A policy in force does not change, what was computed does not either.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_rebate_policy_update BEFORE UPDATE
	ON rebate_policy
FOR EACH ROW
BEGIN
	IF OLD.status <> 'draft' AND ((OLD.code, OLD.base, OLD.method, OLD.span, OLD.vat_rate,
		OLD.valid_from) <> (NEW.code, NEW.base, NEW.method, NEW.span, NEW.vat_rate,
		NEW.valid_from)
		OR NOT OLD.from1 <=> NEW.from1 OR NOT OLD.rate1 <=> NEW.rate1
		OR NOT OLD.margin <=> NEW.margin OR NOT OLD.target <=> NEW.target OR NOT OLD.group_id <=> NEW.group_id
		OR NOT OLD.product_group_id <=> NEW.product_group_id OR NOT OLD.from2 <=> NEW.from2
		OR NOT OLD.rate2 <=> NEW.rate2 OR NOT OLD.from3 <=> NEW.from3
		OR NOT OLD.rate3 <=> NEW.rate3 OR NOT OLD.from4 <=> NEW.from4
		OR NOT OLD.rate4 <=> NEW.rate4) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rebate.in_force|status';
	ELSEIF OLD.status <> 'draft' AND NEW.status = 'draft'
		OR OLD.status = 'ended' AND NEW.status <> 'ended' THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rebate.in_force|status';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER state_rebate_run_update BEFORE UPDATE
	ON rebate_run
FOR EACH ROW
BEGIN
	IF OLD.status <> 'draft' OR NEW.status <> OLD.status AND NOT EXISTS (
		SELECT 1 FROM workflow_transition WHERE entity = 'rebate' AND from_state = OLD.status
		AND to_state = NEW.status) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'state.transition|status|entity=rebate';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_rebate_line_update BEFORE UPDATE
	ON rebate_line
FOR EACH ROW
BEGIN
	IF OLD.voucher_id IS NOT NULL OR (OLD.party_id, OLD.base, OLD.amount, OLD.paid)
		<> (NEW.party_id, NEW.base, NEW.amount, NEW.paid) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=rebate_line';
	END IF;
END//

-- What was claimed stays as it was.
CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_rebate_part_update BEFORE UPDATE
	ON rebate_part
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=rebate_part'//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_rebate_part_delete BEFORE DELETE
	ON rebate_part
FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append-only||table=rebate_part'//

-- Prices others compute with: only a draft is changed, the rest may end or be void.
CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_price_change_update BEFORE UPDATE
	ON price_change
FOR EACH ROW
BEGIN
	IF OLD.status <> 'draft' AND ((OLD.product_id, OLD.changed_on, OLD.old_price, OLD.new_price,
		OLD.document_no) <> (NEW.product_id, NEW.changed_on, NEW.old_price, NEW.new_price,
		NEW.document_no) OR NEW.status NOT IN (OLD.status, 'void')) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'price.in_force|status';
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER only_bid_price_update BEFORE UPDATE
	ON bid_price
FOR EACH ROW
BEGIN
	IF OLD.status <> 'draft' AND ((OLD.product_id, OLD.price, OLD.valid_from, OLD.document_no)
		<> (NEW.product_id, NEW.price, NEW.valid_from, NEW.document_no)
		OR NOT OLD.region_code <=> NEW.region_code OR NOT OLD.terminal_id <=> NEW.terminal_id
		OR NEW.status NOT IN (OLD.status, 'void')) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'price.in_force|status';
	END IF;
END//

DELIMITER ;
