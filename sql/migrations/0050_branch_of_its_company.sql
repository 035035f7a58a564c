-- 0050: a branch named on a portal user or an address is one of the same company: the
-- key says so, whichever program writes it. A branch that changes its company has to
-- leave its people and addresses first.

ALTER TABLE app_user DROP FOREIGN KEY IF EXISTS fk_app_user_branch_id, DROP INDEX IF EXISTS fk_app_user_branch_id;
ALTER TABLE app_user ADD CONSTRAINT fk_app_user_branch_id
	FOREIGN KEY (party_id, branch_id) REFERENCES party (parent_id, id);
ALTER TABLE party_address DROP FOREIGN KEY IF EXISTS fk_party_address_branch_id, DROP INDEX IF EXISTS fk_party_address_branch_id;
ALTER TABLE party_address ADD CONSTRAINT fk_party_address_branch_id
	FOREIGN KEY (party_id, branch_id) REFERENCES party (parent_id, id);

-- Only who made a saved list may keep it to himself.
ALTER TABLE saved_list
	ADD COLUMN IF NOT EXISTS created_by BIGINT NULL COMMENT 'NULL: made before this was kept';
UPDATE saved_list SET created_by = user_id WHERE created_by IS NULL;
ALTER TABLE saved_list DROP FOREIGN KEY IF EXISTS fk_saved_list_created_by, DROP INDEX IF EXISTS fk_saved_list_created_by;
ALTER TABLE saved_list ADD CONSTRAINT fk_saved_list_created_by
	FOREIGN KEY (party_id, created_by) REFERENCES app_user (party_id, id);
