-- The page of a party and the documents it holds.

CREATE OR REPLACE DEFINER = owner@localhost VIEW party_page AS
SELECT p.id, p.code, p.name, p.short_name, p.uscc, p.phone, p.email, p.address, p.bank_name,
       p.bank_account, p.national_grade, p.distributor_level, p.status, p.note,
       CONCAT_WS(' ', pr.name, IF(p.region_code = p.province, NULL, r.name)) AS region,
       h.id AS parent_id, h.name AS parent, c.party_id AS customer, c.buyer_role, c.rep_id,
       c.org_unit_id, u.name AS rep, g.name AS customer_group, w.name AS warehouse,
       c.min_remaining_months, s.id AS merged_id, s.name AS merged_into, p.merged_at,
       p.merged_into IS NULL AND c.party_id IS NULL AND is_terminal(p.id) AS can_merge
  FROM party p
  LEFT JOIN region r ON r.code = p.region_code
  LEFT JOIN region pr ON pr.code = p.province
  LEFT JOIN party h ON h.id = p.parent_id
  LEFT JOIN party s ON s.id = p.merged_into
  LEFT JOIN customer c ON c.party_id = p.id
  LEFT JOIN app_user u ON u.id = c.rep_id
  LEFT JOIN customer_group g ON g.id = c.group_id
  LEFT JOIN warehouse w ON w.id = c.warehouse_id;

-- life: good, alarm (60 days or less to go), expired.
CREATE OR REPLACE DEFINER = owner@localhost VIEW party_licence_page AS
SELECT l.id, l.party_id, k.seq, k.name AS document, l.number, l.expires_on, l.status,
       CASE
	WHEN l.expires_on IS NULL THEN 'good'
	WHEN is_expired(l.expires_on, business_day()) THEN 'expired'
	WHEN l.expires_on <= business_day() + INTERVAL 60 DAY THEN 'alarm'
	ELSE 'good'
       END AS life,
       (SELECT GROUP_CONCAT(COALESCE(d.name, s.scope) ORDER BY d.seq SEPARATOR '、')
	  FROM party_licence_scope s
	  LEFT JOIN code_dict d ON d.list = 'licence_scope' AND d.code = s.scope
	 WHERE s.licence_id = l.id) AS scopes
  FROM party_licence l
  JOIN licence_kind k ON k.kind = l.kind
 WHERE l.status <> 'withdrawn';
