-- 0101: who may do what with flows, reconciliation, rebates and recalls; the
-- parameters they run by. Editable rows are never overwritten on a re-run.

INSERT INTO permission (name, site, area, guarded) VALUES
	('flow.view', 'office,portal', 'flow', 0), ('flow.upload', 'office,portal', 'flow', 0),
	('flow.match', 'office', 'flow', 0), ('flow.correct', 'office,portal', 'flow', 0),
	('flow.approve', 'office', 'flow', 0), ('period.close', 'office', 'flow', 1),
	('reconcile.view', 'office,portal', 'reconcile', 0), ('reconcile.edit', 'office', 'reconcile', 0),
	('reconcile.approve', 'office', 'reconcile', 1), ('reconcile.confirm', 'portal', 'reconcile', 0),
	('rebate.view', 'office,portal', 'rebate', 0), ('rebate.edit', 'office', 'rebate', 0),
	('rebate.approve', 'office', 'rebate', 1),
	('recall.edit', 'office', 'recall', 0), ('recall.reply', 'portal', 'recall', 0)
	ON DUPLICATE KEY UPDATE site = VALUES(site), area = VALUES(area), guarded = VALUES(guarded);

INSERT IGNORE INTO role (site, code, name, row_scope, built_in) VALUES
	('office', 'flow_clerk', '流向管理', 'all', 1),
	('portal', 'reporter', '流向上报', 'all', 1);

-- Given once: where a role has one of the new permissions already, people have decided.
INSERT IGNORE INTO role_permission (role_id, permission)
SELECT r.id, p.name
  FROM role r
  JOIN permission p ON FIND_IN_SET(p.name, CASE CONCAT(r.site, '.', r.code)
	WHEN 'office.flow_clerk' THEN 'flow.view,flow.upload,flow.match,flow.correct,reconcile.view,rebate.view,party.view,product.view,order.view,shipment.view,stock.view'
	WHEN 'office.admin' THEN 'flow.view'
	WHEN 'office.sales_rep' THEN 'flow.view,flow.correct,reconcile.view,rebate.view'
	WHEN 'office.sales_manager' THEN 'flow.view,flow.correct,flow.approve,reconcile.view,rebate.view,rebate.edit'
	WHEN 'office.finance' THEN 'flow.view,reconcile.view,reconcile.edit,rebate.view'
	WHEN 'office.finance_manager' THEN 'flow.view,flow.approve,period.close,reconcile.view,reconcile.edit,reconcile.approve,rebate.view,rebate.approve'
	WHEN 'office.quality' THEN 'flow.view,recall.edit'
	WHEN 'office.product_manager' THEN 'flow.view,rebate.view,rebate.edit'
	WHEN 'office.auditor' THEN 'flow.view,reconcile.view,rebate.view'
	WHEN 'portal.company_admin' THEN 'flow.view,flow.upload,flow.correct,reconcile.view,reconcile.confirm,rebate.view,recall.reply'
	WHEN 'portal.reporter' THEN 'flow.view,flow.upload,flow.correct,company.view'
	WHEN 'portal.accountant' THEN 'flow.view,reconcile.view,reconcile.confirm,rebate.view'
	WHEN 'portal.buyer' THEN 'flow.view'
	WHEN 'portal.receiver' THEN 'recall.reply'
	ELSE '' END) > 0
 WHERE r.built_in = 1
   AND NOT EXISTS (SELECT 1 FROM role_permission x JOIN permission y ON y.name = x.permission
	WHERE x.role_id = r.id AND y.area IN ('flow', 'reconcile', 'rebate', 'recall'));

INSERT IGNORE INTO param (name, kind, value, unit, note) VALUES
	('flow.collect_days', 'int', '3', 'days', 'files of a month are due so many days after its end'),
	('flow.review_days', 'int', '8', 'days', 'differences of a month are cleared so many days after its end'),
	('flow.lock_days', 'int', '11', 'days', 'a month is locked so many days after its end'),
	('flow.matched_percent', 'decimal', '99.0', 'percent', 'a month locks when so much of its quantity is matched'),
	('flow.auto_score', 'decimal', '0.92', NULL, 'a similar name is taken by itself from this score (DOMAIN 2.5)'),
	('flow.auto_lead', 'decimal', '0.05', NULL, '... when it is so far ahead of the next'),
	('flow.queue_score', 'decimal', '0.75', NULL, 'a candidate is shown from this score'),
	('flow.balance_percent', 'decimal', '0.5', 'percent', 'a difference of a product up to this is fine (DOMAIN 2.4)'),
	('flow.slow_days', 'int', '90', 'days', 'stock without a sale for so long is slow'),
	('flow.months_high', 'decimal', '3.0', 'months', 'more stock than this is an alarm (库销比)'),
	('flow.months_low', 'decimal', '0.5', 'months', 'less stock than this is an alarm'),
	('flow.peak_factor', 'decimal', '3.0', NULL, 'a month above this many times the median of six is a peak'),
	('flow.explain_days', 'int', '7', 'days', 'time to explain a diversion'),
	('reconcile.dispute_days', 'int', '5', 'days', 'a disputed line is answered within'),
	('rebate.cap_percent', 'decimal', '10.0', 'percent', 'a rebate of a period is at most this share of its sales');
