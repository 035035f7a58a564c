-- Columns that follow from others, so that no program can forget them.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER derive_party_insert BEFORE INSERT ON party
FOR EACH ROW SET NEW.province = LEFT(NEW.region_code, 2)//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER derive_party_update BEFORE UPDATE ON party
FOR EACH ROW SET NEW.province = LEFT(NEW.region_code, 2)//

-- Who moves was in the old region up to the last month; of several moves in a month the first tells.
CREATE OR REPLACE DEFINER = owner@localhost TRIGGER derive_party_region AFTER UPDATE ON party
FOR EACH ROW
BEGIN
	DECLARE v_before, v_last INT;

	IF NOT (NEW.region_code <=> OLD.region_code) THEN
		SET v_last = PERIOD_ADD(EXTRACT(YEAR_MONTH FROM business_day()), -1),
		    v_before = (SELECT MAX(until_period) FROM party_region WHERE party_id = NEW.id);
		IF COALESCE(v_before, 0) < v_last THEN
			INSERT INTO party_region (party_id, from_period, until_period, region_code, province)
			VALUES (NEW.id, COALESCE(PERIOD_ADD(v_before, 1), 0), v_last, OLD.region_code,
				OLD.province);
		END IF;
	END IF;
END//

-- What somebody switched off is there to look up, and rings no bell.
CREATE OR REPLACE DEFINER = owner@localhost TRIGGER derive_notification_insert BEFORE INSERT
	ON notification
FOR EACH ROW
BEGIN
	IF EXISTS (SELECT 1 FROM notice_off WHERE user_id = NEW.user_id AND kind = NEW.kind) THEN
		SET NEW.read_at = UTC_TIMESTAMP(6);
	END IF;
END//

-- The path of a unit ends in its own id, which an insert does not know yet: it ends
-- in its code there, and codes are unique.
CREATE OR REPLACE DEFINER = owner@localhost TRIGGER derive_org_unit_insert BEFORE INSERT ON org_unit
FOR EACH ROW
SET NEW.path = CONCAT(COALESCE((SELECT path FROM org_unit p WHERE p.id = NEW.parent_id), '/'),
    NEW.code, '/')//

CREATE OR REPLACE DEFINER = owner@localhost TRIGGER derive_lot_balance BEFORE INSERT
	ON stock_balance
FOR EACH ROW SET NEW.product_id = (SELECT product_id FROM lot WHERE id = NEW.lot_id)//

-- Roles of the portal may hold portal permissions only, and those of the office theirs.
CREATE OR REPLACE DEFINER = owner@localhost TRIGGER derive_role_permission_insert BEFORE INSERT
	ON role_permission
FOR EACH ROW
BEGIN
	IF NOT EXISTS (SELECT 1 FROM role r JOIN permission p ON p.name = NEW.permission
		AND FIND_IN_SET(r.site, p.site)
		WHERE r.id = NEW.role_id) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'permission.site|permission';
	END IF;
END//

-- A role is given on its own site, and one of a company to its people only.
CREATE OR REPLACE DEFINER = owner@localhost TRIGGER derive_user_role_insert BEFORE INSERT
	ON user_role
FOR EACH ROW
BEGIN
	IF NOT EXISTS (SELECT 1 FROM role r JOIN app_user u ON u.id = NEW.user_id
		AND u.site = r.site
		WHERE r.id = NEW.role_id AND COALESCE(r.party_id, u.party_id,
			0) = COALESCE(u.party_id, 0)) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'role.site|role';
	END IF;
END//

DELIMITER ;
