-- 0011: reference data that the programs rely on: permissions (cgi/lib/perm.h),
-- built-in roles, workflow tables, parameters with their [D] defaults, chart of
-- accounts, licence kinds. Editable rows are never overwritten on a re-run.

INSERT INTO permission (name, site, area) VALUES
	('order.view', 'office,portal', 'order'), ('order.create', 'office,portal', 'order'),
	('order.approve', 'office', 'order'), ('rule.edit', 'office', 'order'),
	('shipment.view', 'office,portal', 'shipment'), ('shipment.edit', 'office', 'shipment'),
	('shipment.check', 'office', 'shipment'), ('invoice.view', 'office,portal', 'invoice'),
	('invoice.edit', 'office', 'invoice'), ('receipt.view', 'office', 'receipt'),
	('receipt.edit', 'office', 'receipt'), ('account.view', 'office', 'account'),
	('credit.edit', 'office', 'account'), ('credit.override', 'office', 'account'),
	('stock.view', 'office,portal', 'stock'), ('stock.edit', 'office', 'stock'),
	('stock.approve', 'office', 'stock'), ('lot.block', 'office', 'stock'),
	('product.view', 'office', 'product'), ('product.edit', 'office', 'product'),
	('price.view', 'office', 'price'), ('price.edit', 'office', 'price'),
	('party.view', 'office', 'party'), ('party.edit', 'office', 'party'),
	('licence.approve', 'office', 'party'), ('portal-user.edit', 'office', 'party'),
	('staff.view', 'office', 'staff'), ('staff.edit', 'office', 'staff'),
	('role.edit', 'office', 'staff'), ('audit.view', 'office', 'audit'),
	('catalogue.view', 'portal', 'catalogue'), ('statement.view', 'portal', 'statement'),
	('arrival.confirm', 'office,portal', 'shipment'), ('company.view', 'portal', 'company'),
	('company.edit', 'portal', 'company'), ('chain-stock.view', 'portal', 'stock')
	ON DUPLICATE KEY UPDATE site = VALUES(site), area = VALUES(area);

INSERT IGNORE INTO role (site, code, name, row_scope, built_in) VALUES
	('office', 'admin', '系统管理员', 'all', 1),
	('office', 'sales_rep', '销售代表', 'own', 1),
	('office', 'sales_manager', '销售经理', 'below', 1),
	('office', 'finance', '财务', 'all', 1),
	('office', 'finance_manager', '财务经理', 'all', 1),
	('office', 'logistics', '物流', 'all', 1),
	('office', 'warehouse_check', '出库复核', 'all', 1),
	('office', 'quality', '质量管理', 'all', 1),
	('office', 'product_manager', '产品经理', 'all', 1),
	('office', 'auditor', '审计', 'all', 1),
	('portal', 'company_admin', '企业管理员', 'all', 1),
	('portal', 'buyer', '采购', 'all', 1),
	('portal', 'accountant', '财务', 'all', 1),
	('portal', 'receiver', '收货', 'all', 1),
	('portal', 'chain_viewer', '库存查询', 'all', 1);

INSERT IGNORE INTO role_permission (role_id, permission)
SELECT r.id, p.name
  FROM role r
  JOIN permission p ON FIND_IN_SET(p.name, CASE CONCAT(r.site, '.', r.code)
	WHEN 'office.admin' THEN 'staff.view,staff.edit,role.edit,audit.view,portal-user.edit,party.view,product.view,order.view,stock.view,price.view,shipment.view,invoice.view,receipt.view,account.view,rule.edit'
	WHEN 'office.sales_rep' THEN 'order.view,order.create,product.view,price.view,party.view,stock.view,shipment.view,invoice.view,receipt.view,account.view'
	WHEN 'office.sales_manager' THEN 'order.view,order.create,order.approve,product.view,price.view,price.edit,party.view,party.edit,portal-user.edit,stock.view,shipment.view,invoice.view,receipt.view,account.view,staff.view'
	WHEN 'office.finance' THEN 'order.view,order.approve,product.view,price.view,party.view,shipment.view,invoice.view,invoice.edit,receipt.view,receipt.edit,account.view'
	WHEN 'office.finance_manager' THEN 'order.view,order.approve,product.view,price.view,party.view,party.edit,shipment.view,invoice.view,invoice.edit,receipt.view,receipt.edit,account.view,credit.edit,credit.override,rule.edit,audit.view'
	WHEN 'office.logistics' THEN 'order.view,product.view,party.view,shipment.view,shipment.edit,arrival.confirm,stock.view,stock.edit'
	WHEN 'office.warehouse_check' THEN 'order.view,product.view,shipment.view,shipment.check,stock.view,stock.approve'
	WHEN 'office.quality' THEN 'order.view,product.view,party.view,licence.approve,lot.block,stock.view,stock.approve,shipment.view'
	WHEN 'office.product_manager' THEN 'order.approve,product.view,product.edit,price.view,price.edit,party.view,order.view,stock.view'
	WHEN 'office.auditor' THEN 'order.view,product.view,price.view,party.view,shipment.view,invoice.view,receipt.view,account.view,stock.view,staff.view,audit.view'
	WHEN 'portal.company_admin' THEN 'order.view,order.create,shipment.view,arrival.confirm,invoice.view,statement.view,catalogue.view,stock.view,company.view,company.edit'
	WHEN 'portal.buyer' THEN 'order.view,order.create,shipment.view,arrival.confirm,invoice.view,catalogue.view,stock.view,company.view'
	WHEN 'portal.accountant' THEN 'order.view,shipment.view,invoice.view,statement.view,catalogue.view,company.view'
	WHEN 'portal.receiver' THEN 'order.view,shipment.view,arrival.confirm,stock.view,company.view'
	WHEN 'portal.chain_viewer' THEN 'order.view,catalogue.view,stock.view,chain-stock.view,company.view'
	ELSE '' END) > 0
 WHERE r.built_in = 1
   AND NOT EXISTS (SELECT 1 FROM role_permission x WHERE x.role_id = r.id);

INSERT INTO workflow_state (entity, state, seq, initial, final) VALUES
	('order', 'draft', 1, 1, 0), ('order', 'submitted', 2, 0, 0), ('order', 'returned', 3, 0, 0),
	('order', 'rejected', 4, 0, 1), ('order', 'approved', 5, 0, 0), ('order', 'picking', 6, 0, 0),
	('order', 'partly_shipped', 7, 0, 0), ('order', 'shipped', 8, 0, 0), ('order', 'delivered', 9, 0, 0),
	('order', 'closed', 10, 0, 0), ('order', 'cancelled', 11, 0, 1),
	('shipment', 'picking', 1, 1, 0), ('shipment', 'shipped', 2, 0, 0), ('shipment', 'in_transit', 3, 0, 0),
	('shipment', 'delivered', 4, 0, 1), ('shipment', 'cancelled', 5, 0, 1),
	('invoice', 'to_issue', 1, 1, 0), ('invoice', 'requested', 2, 0, 0), ('invoice', 'issued', 3, 0, 1),
	('invoice', 'failed', 4, 0, 0), ('invoice', 'void', 5, 0, 1),
	('adjustment', 'waiting', 1, 1, 0), ('adjustment', 'approved', 2, 0, 1), ('adjustment', 'rejected', 3, 0, 1),
	('receipt', 'draft', 1, 1, 0), ('receipt', 'posted', 2, 0, 0), ('receipt', 'reversed', 3, 0, 1)
	ON DUPLICATE KEY UPDATE seq = VALUES(seq), initial = VALUES(initial), final = VALUES(final);

INSERT INTO workflow_transition (entity, from_state, to_state, action, permission) VALUES
	('order', 'draft', 'submitted', 'submit', 'order.create'),
	('order', 'draft', 'cancelled', 'cancel', 'order.create'),
	('order', 'returned', 'submitted', 'submit', 'order.create'),
	('order', 'returned', 'draft', 'edit', 'order.create'),
	('order', 'returned', 'cancelled', 'cancel', 'order.create'),
	('order', 'submitted', 'draft', 'withdraw', 'order.create'),
	('order', 'submitted', 'approved', 'approve', 'order.approve'),
	('order', 'submitted', 'returned', 'return', 'order.approve'),
	('order', 'submitted', 'rejected', 'reject', 'order.approve'),
	('order', 'approved', 'draft', 'edit', 'order.create'),
	('order', 'picking', 'draft', 'edit', 'order.create'),
	('order', 'approved', 'cancelled', 'cancel', 'order.create'),
	('order', 'picking', 'cancelled', 'cancel', 'order.create'),
	('order', 'approved', 'picking', 'allocate', NULL),
	('order', 'picking', 'approved', 'release', NULL),
	('order', 'approved', 'partly_shipped', 'ship', NULL),
	('order', 'approved', 'shipped', 'ship', NULL),
	('order', 'picking', 'partly_shipped', 'ship', NULL),
	('order', 'picking', 'shipped', 'ship', NULL),
	('order', 'partly_shipped', 'shipped', 'ship', NULL),
	('order', 'partly_shipped', 'delivered', 'arrive', NULL),
	('order', 'shipped', 'delivered', 'arrive', NULL),
	('order', 'shipped', 'closed', 'close', NULL),
	('order', 'delivered', 'closed', 'close', NULL),
	('order', 'closed', 'delivered', 'reopen', NULL),
	('shipment', 'picking', 'shipped', 'ship', 'shipment.check'),
	('shipment', 'picking', 'cancelled', 'cancel', 'shipment.edit'),
	('shipment', 'shipped', 'in_transit', 'track', 'shipment.edit'),
	('shipment', 'shipped', 'delivered', 'arrive', 'arrival.confirm'),
	('shipment', 'in_transit', 'delivered', 'arrive', 'arrival.confirm'),
	('invoice', 'to_issue', 'requested', 'request', 'invoice.edit'),
	('invoice', 'to_issue', 'issued', 'issue', 'invoice.edit'),
	('invoice', 'to_issue', 'void', 'void', 'invoice.edit'),
	('invoice', 'requested', 'issued', 'issue', 'invoice.edit'),
	('invoice', 'requested', 'failed', 'fail', 'invoice.edit'),
	('invoice', 'failed', 'requested', 'request', 'invoice.edit'),
	('invoice', 'failed', 'issued', 'issue', 'invoice.edit'),
	('invoice', 'failed', 'void', 'void', 'invoice.edit'),
	('adjustment', 'waiting', 'approved', 'approve', 'stock.approve'),
	('adjustment', 'waiting', 'rejected', 'reject', 'stock.approve'),
	('receipt', 'draft', 'posted', 'post', 'receipt.edit'),
	('receipt', 'posted', 'reversed', 'reverse', 'receipt.edit')
	ON DUPLICATE KEY UPDATE action = VALUES(action), permission = VALUES(permission);

INSERT IGNORE INTO param (name, kind, value, unit, note) VALUES
	('company.name', 'text', '汉珩制药股份有限公司', NULL, 'our legal name'),
	('order.warehouse', 'int', '1', NULL, 'warehouse of customers without their own'),
	('order.allocate_on_approve', 'bool', '1', NULL, 'reserve stock by lot when the last step approves'),
	('order.max_lines', 'int', '500', 'lines', 'most lines of one order'),
	('stock.max_lots', 'int', '3', 'lots', 'most lots per line before one covering lot is preferred (DOMAIN 4.2)'),
	('stock.lot_window', 'int', '30', 'days', 'how far beyond the earliest lot that one may expire'),
	('stock.min_remaining_days', 'int', '30', 'days', 'no sale with less life left'),
	('stock.warn_days', 'int', '180', 'days', 'near expiry: warn'),
	('stock.alarm_days', 'int', '90', 'days', 'near expiry: alarm'),
	('credit.override_days', 'int', '7', 'days', 'an override holds this long'),
	('invoice.auto', 'bool', '0', NULL, 'make the invoice when goods leave'),
	('due.next_working_day', 'bool', '1', NULL, 'a due date on a rest day moves to the next working day'),
	('session.portal_idle', 'int', '1800', 'seconds', 'portal session ends after this silence'),
	('session.portal_life', 'int', '43200', 'seconds', 'and in any case after'),
	('session.office_idle', 'int', '7200', 'seconds', 'office session ends after this silence'),
	('session.office_life', 'int', '43200', 'seconds', 'and in any case after'),
	('login.free_failures', 'int', '4', NULL, 'wrong passwords before the back-off begins'),
	('login.max_backoff', 'int', '900', 'seconds', 'longest wait between guesses'),
	('login.totp_office', 'bool', '0', NULL, 'staff must have a second factor');

INSERT INTO account (code, name, kind, by_party) VALUES
	('1002', '银行存款', 'asset', 0), ('1121', '应收票据', 'asset', 1), ('1122', '应收账款', 'asset', 1),
	('1231', '坏账准备', 'asset', 0), ('2203', '预收账款', 'liability', 1), ('2205', '合同负债-返利', 'liability', 1),
	('2221', '应交税费-销项税', 'liability', 0), ('6001', '主营业务收入', 'revenue', 0), ('4104', '期初', 'liability', 0)
	ON DUPLICATE KEY UPDATE name = VALUES(name);

INSERT IGNORE INTO licence_kind (kind, name, scoped, seq) VALUES
	('business', '营业执照', 0, 1), ('drug_wholesale', '药品经营许可证（批发）', 1, 2),
	('drug_retail', '药品经营许可证（零售）', 1, 3), ('institution', '医疗机构执业许可证', 1, 4),
	('authorization', '采购人员授权委托书', 0, 5), ('quality', '质量保证协议', 0, 6);

INSERT IGNORE INTO licence_requirement (buyer_role, kind) VALUES
	('distributor', 'business'), ('distributor', 'drug_wholesale'), ('distributor', 'authorization'), ('distributor', 'quality'),
	('pharmacy', 'business'), ('pharmacy', 'drug_retail'), ('chain', 'business'), ('chain', 'drug_retail'),
	('hospital', 'institution'), ('clinic', 'institution');

INSERT IGNORE INTO stock_policy (scope, buyer_role, show_as, show_lots) VALUES
	('all', NULL, 'bands', 0), ('role', 'chain', 'figures', 1), ('role', 'hospital', 'figures', 1);

INSERT IGNORE INTO code_dict (list, code, name, seq) VALUES
	('licence_scope', 'chemical', '化学药制剂', 1), ('licence_scope', 'antibiotic', '抗生素制剂', 2),
	('licence_scope', 'tcm', '中成药', 3), ('licence_scope', 'biological', '生物制品', 4),
	('licence_scope', 'psychotropic2', '第二类精神药品', 5), ('licence_scope', 'anabolic', '蛋白同化制剂、肽类激素', 6),
	('carrier', 'sf', '顺丰医药', 1), ('carrier', 'jd', '京东物流', 2), ('carrier', 'own', '自有车辆', 3), ('carrier', 'pickup', '客户自提', 4);

INSERT IGNORE INTO approval_rule (code, name, level, min_amount, below_floor, credit_exceeded, role_id)
SELECT 'SALES', '销售审核', 10, NULL, 0, 0, id FROM role WHERE site = 'office' AND code = 'sales_manager'
UNION ALL
SELECT 'FLOOR', '低于底价', 20, NULL, 1, 0, id FROM role WHERE site = 'office' AND code = 'product_manager'
UNION ALL
SELECT 'FINANCE', '财务审核', 30, 100000.00, 0, 0, id FROM role WHERE site = 'office' AND code = 'finance'
UNION ALL
SELECT 'CREDIT', '超信用放行', 40, NULL, 0, 1, id FROM role WHERE site = 'office' AND code = 'finance_manager';
