-- Rights of each account on tables and views; routines name theirs beside them
-- (`-- @execute`). Rebuilt whole by sql/migrate, compared by sql/check-grants.
-- owner: the locked definer of all routines, views and triggers; no SUPER, no DDL,
-- and no UPDATE or DELETE on what is append-only, not even by a mistake of ours.

-- owner
GRANT SELECT, INSERT, UPDATE ON region TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON calendar_day TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON param TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON code_dict TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON number_series TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON attachment TO owner@localhost;
GRANT SELECT ON workflow_state TO owner@localhost;
GRANT SELECT ON workflow_transition TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON party TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON party_role TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON party_address TO owner@localhost;
GRANT SELECT ON licence_kind TO owner@localhost;
GRANT SELECT ON licence_requirement TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON party_licence TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON party_licence_scope TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON org_unit TO owner@localhost;
GRANT SELECT ON permission TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON role TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON role_permission TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON app_user TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_role TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON role_request TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO owner@localhost;
GRANT SELECT, INSERT ON login_event TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_code TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON trusted_device TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_view TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON product_group TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON product TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON product_code TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON product_group_item TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON lot TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON warehouse TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON customer_group TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON customer TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON customer_rep TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON price_list TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON price_tier TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON product_visibility TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON stock_policy TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON sales_order TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON sales_order_line TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_list TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_list_line TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON approval_rule TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON approval TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON approval_step TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON stock_balance TO owner@localhost;
GRANT SELECT, INSERT ON stock_movement TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON stock_receipt TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON stock_adjustment TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON reservation TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON channel_stock TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON shipment TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON shipment_line TO owner@localhost;
GRANT SELECT, INSERT ON shipment_event TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON arrival TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON invoice TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON invoice_line TO owner@localhost;
GRANT SELECT ON account TO owner@localhost;
GRANT SELECT, INSERT ON voucher TO owner@localhost;
GRANT SELECT, INSERT ON voucher_line TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON ar_item TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON receipt TO owner@localhost;
GRANT SELECT, INSERT ON allocation TO owner@localhost;
GRANT SELECT, INSERT ON credit_override TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON collection_task TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON audit_head TO owner@localhost;
GRANT SELECT, INSERT ON audit_log TO owner@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON notification TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON outbox TO owner@localhost;
GRANT SELECT, INSERT, UPDATE ON password_reset TO owner@localhost;
GRANT EXECUTE, TRIGGER, EVENT ON * TO owner@localhost;

-- office: reads all but secrets; writes master data itself, documents only by routines
GRANT SELECT, INSERT, UPDATE ON region TO office@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_day TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON param TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON code_dict TO office@localhost;
GRANT SELECT ON attachment TO office@localhost;
GRANT SELECT ON workflow_state TO office@localhost;
GRANT SELECT ON workflow_transition TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON party TO office@localhost;
GRANT SELECT, INSERT, DELETE ON party_role TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON party_address TO office@localhost;
GRANT SELECT ON licence_kind TO office@localhost;
GRANT SELECT ON licence_requirement TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON party_licence TO office@localhost;
GRANT SELECT, INSERT, DELETE ON party_licence_scope TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON org_unit TO office@localhost;
GRANT SELECT ON permission TO office@localhost;
GRANT SELECT, INSERT, DELETE ON role TO office@localhost;
GRANT UPDATE (name, row_scope, version) ON role TO office@localhost;
GRANT SELECT, INSERT, DELETE ON role_permission TO office@localhost;
GRANT SELECT, INSERT, DELETE ON user_role TO office@localhost;
GRANT SELECT ON role_request TO office@localhost;
GRANT SELECT ON login_event TO office@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_view TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON product_group TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON product TO office@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON product_code TO office@localhost;
GRANT SELECT, INSERT, DELETE ON product_group_item TO office@localhost;
GRANT SELECT ON lot TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON warehouse TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON customer_group TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON customer TO office@localhost;
GRANT SELECT ON customer_rep TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON price_list TO office@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON price_tier TO office@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON product_visibility TO office@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_policy TO office@localhost;
GRANT SELECT ON sales_order TO office@localhost;
GRANT SELECT ON sales_order_line TO office@localhost;
GRANT SELECT ON saved_list TO office@localhost;
GRANT SELECT ON saved_list_line TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON approval_rule TO office@localhost;
GRANT SELECT ON approval TO office@localhost;
GRANT SELECT ON approval_step TO office@localhost;
GRANT SELECT ON stock_balance TO office@localhost;
GRANT SELECT ON stock_movement TO office@localhost;
GRANT SELECT ON stock_receipt TO office@localhost;
GRANT SELECT ON stock_adjustment TO office@localhost;
GRANT SELECT ON reservation TO office@localhost;
GRANT SELECT ON channel_stock TO office@localhost;
GRANT SELECT ON shipment TO office@localhost;
GRANT SELECT ON shipment_line TO office@localhost;
GRANT SELECT ON shipment_event TO office@localhost;
GRANT SELECT ON arrival TO office@localhost;
GRANT SELECT ON invoice TO office@localhost;
GRANT SELECT ON invoice_line TO office@localhost;
GRANT SELECT ON account TO office@localhost;
GRANT SELECT ON voucher TO office@localhost;
GRANT SELECT ON voucher_line TO office@localhost;
GRANT SELECT ON ar_item TO office@localhost;
GRANT SELECT ON receipt TO office@localhost;
GRANT SELECT ON allocation TO office@localhost;
GRANT SELECT ON credit_override TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON collection_task TO office@localhost;
GRANT SELECT ON audit_head TO office@localhost;
GRANT SELECT ON audit_log TO office@localhost;
GRANT SELECT, INSERT, UPDATE ON notification TO office@localhost;
GRANT SELECT ON outbox TO office@localhost;
GRANT INSERT ON attachment TO office@localhost;
-- never the hash nor the second factor
GRANT SELECT (id, site, party_id, branch_id, org_unit_id, login, name, email, phone, password_at, must_change, status, locale, theme, failed_count, locked_until, last_login_at, version, created_at, updated_at) ON app_user TO office@localhost;
GRANT INSERT (site, party_id, branch_id, org_unit_id, login, name, email, phone, must_change, locale, theme, version), UPDATE (branch_id, org_unit_id, login, name, email, phone, must_change, locale, theme, version, status) ON app_user TO office@localhost;
GRANT SELECT (id, user_id, site, stage, created_at, seen_at, expires_at, ip, agent) ON session TO office@localhost;

-- portal: EXECUTE on portal_ procedures only; see `-- @execute portal`

-- login: EXECUTE on login_ procedures only

-- jobs: sends the outbox, exports the heads of the audit chains; clears by jobs_housekeep()
GRANT SELECT, UPDATE ON outbox TO jobs@localhost;
GRANT SELECT ON audit_head TO jobs@localhost;

-- backup: reads and locks for mariadb-dump and mariadb-backup
GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR ON *.* TO backup@localhost;
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON * TO backup@localhost;

-- migrate: everything on this database, nothing on others
GRANT ALL PRIVILEGES ON * TO migrate@localhost;
