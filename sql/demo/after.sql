-- The sums that triggers keep, and then changes made by staff in the last days, through the triggers, so that the audit trail has rows to read.
SET NAMES utf8mb4, time_zone = '+00:00';
CALL months_sum();
SET @now = UNIX_TIMESTAMP();

SET timestamp = @now - 9 * 86400;
SET @actor_id = (SELECT id FROM app_user WHERE site = 'office' AND login = 'zou.mingxuan'), @request_id = 'demo-1';
UPDATE product SET description = CONCAT(description, '本品为国家集采中选品种。') WHERE code = 'H1001';
UPDATE product SET band_low = 1200 WHERE code IN ('H1002', 'H1003');
UPDATE price_tier t JOIN price_list l ON l.id = t.price_list_id AND l.status = 'draft'
   SET t.price = t.price - 0.30
 WHERE t.product_id IN (1, 2, 5) AND t.min_qty = 1;

SET timestamp = @now - 6 * 86400;
SET @actor_id = (SELECT id FROM app_user WHERE site = 'office' AND login = 'zheng.huilan'), @request_id = 'demo-2';
UPDATE customer SET credit_limit = credit_limit + 200000 WHERE party_id = (SELECT id FROM party WHERE code = 'D0004');
UPDATE customer c JOIN party p ON p.id = c.party_id SET c.grace_days = 10 WHERE p.code = 'D0006';
UPDATE approval_rule SET name = '财务审核（十万元以上）' WHERE code = 'FINANCE';

SET timestamp = @now - 4 * 86400;
SET @actor_id = (SELECT id FROM app_user WHERE site = 'office' AND login = 'fan.shuya'), @request_id = 'demo-3';
INSERT INTO party_licence (party_id, kind, number, issued_by, issued_on, expires_on, status, created_by)
SELECT p.id, 'drug_wholesale', CONCAT('药批证字', YEAR(CURRENT_DATE), '第9', LPAD(p.id, 5, '0'), '号-续'), '省药品监督管理局',
       CURRENT_DATE - INTERVAL 12 DAY, CURRENT_DATE + INTERVAL 5 YEAR, 'waiting', @actor_id
  FROM party p
 WHERE p.code IN ('D0013', 'D0020', 'D0041');
SET @actor_id = (SELECT id FROM app_user WHERE site = 'office' AND login = 'ye.zhiqiu'), @request_id = 'demo-4';
UPDATE lot SET status_note = '待检：取样已送检' WHERE status = 'quarantine' ORDER BY id LIMIT 1;

SET timestamp = @now - 2 * 86400;
SET @actor_id = (SELECT id FROM app_user WHERE site = 'office' AND login = 'lin.yuanhang'), @request_id = 'demo-5';
UPDATE party SET phone = '027-85550123', note = '年度重点客户，双周拜访' WHERE code = 'D0001';
SET @actor_id = (SELECT id FROM app_user WHERE site = 'office' AND login = 'wen.kaiwen'), @request_id = 'demo-6';
UPDATE app_user SET status = 'disabled' WHERE site = 'office' AND login = 'kong.xiangrui';

SET timestamp = @now - 7200;
SET @actor_id = (SELECT id FROM app_user WHERE site = 'portal' AND login = 'ruisheng.admin'),
    @actor_party = (SELECT id FROM party WHERE code = 'D0001'), @request_id = 'demo-7';
UPDATE party_address a JOIN party p ON p.id = a.party_id SET a.contact = '周仓管' WHERE p.code = 'D0001' AND a.is_default = 0;
UPDATE saved_list s JOIN party p ON p.id = s.party_id SET s.name = '每月常规补货（主仓）' WHERE p.code = 'D0001' AND s.name = '每月常规补货';

-- months that came in closed: the digests of their rows
SET timestamp = DEFAULT, @actor_id = NULL, @actor_party = NULL, @request_id = NULL;
CALL period_digest_past();
