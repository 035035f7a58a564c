-- 0005: a party as our customer: credit, owner, prices, what it may see.

CREATE TABLE IF NOT EXISTS customer_group (
	id BIGINT NOT NULL AUTO_INCREMENT,
	code VARCHAR(20) NOT NULL,
	name VARCHAR(60) NOT NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_customer_group_code (code)
);

CREATE TABLE IF NOT EXISTS customer (
	party_id BIGINT NOT NULL,
	buyer_role ENUM('distributor','hospital','pharmacy','chain','clinic') NOT NULL COMMENT 'the role it buys in decides its licences',
	group_id BIGINT NULL,
	rep_id BIGINT NULL COMMENT 'who looks after it today; history in customer_rep',
	org_unit_id BIGINT NULL COMMENT 'department of the rep, for row scope',
	warehouse_id BIGINT NULL COMMENT 'ships from; NULL: parameter order.warehouse',
	credit_limit DECIMAL(18,2) NOT NULL DEFAULT 0 COMMENT 'yuan',
	temp_limit DECIMAL(18,2) NOT NULL DEFAULT 0 COMMENT 'yuan, on top',
	temp_from DATE NULL,
	temp_to DATE NULL COMMENT 'last valid day, inclusive',
	grace_days INT NOT NULL DEFAULT 0 COMMENT 'overdue longer than this holds orders',
	credit_hold TINYINT NOT NULL DEFAULT 0 COMMENT '1: every order needs an override',
	terms_kind ENUM('prepaid','net','eom','monthly','previous','sold') NOT NULL DEFAULT 'net'
		COMMENT '预付; NET n; EOM n; 月结; 批结 rolling; 实销实结 (DOMAIN 3.3)',
	terms_base ENUM('ship','sign','invoice','order') NOT NULL DEFAULT 'invoice' COMMENT 'day the term counts from',
	terms_days INT NOT NULL DEFAULT 30 COMMENT 'n of net and eom; back-log of previous',
	terms_cut_day TINYINT NULL COMMENT 'monthly: cut day c',
	terms_pay_day TINYINT NULL COMMENT 'monthly: pay day k',
	terms_months TINYINT NULL COMMENT 'monthly: m months later',
	min_remaining_months TINYINT NOT NULL DEFAULT 0 COMMENT 'wants at least this much life left',
	whole_cases TINYINT NOT NULL DEFAULT 0 COMMENT '1: ship whole cases first',
	auto_allocate TINYINT NOT NULL DEFAULT 0 COMMENT '1: receipts settle the oldest invoice by themselves',
	status ENUM('active','blocked','closed') NOT NULL DEFAULT 'active',
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (party_id),
	KEY ix_customer_rep (rep_id, party_id),
	KEY ix_customer_org_unit (org_unit_id, party_id),
	CONSTRAINT fk_customer_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_customer_group_id FOREIGN KEY (group_id) REFERENCES customer_group (id),
	CONSTRAINT fk_customer_rep_id FOREIGN KEY (rep_id) REFERENCES app_user (id),
	CONSTRAINT fk_customer_org_unit_id FOREIGN KEY (org_unit_id) REFERENCES org_unit (id),
	CONSTRAINT fk_customer_warehouse_id FOREIGN KEY (warehouse_id) REFERENCES warehouse (id),
	CONSTRAINT ck_customer_credit_limit CHECK (credit_limit >= 0),
	CONSTRAINT ck_customer_temp_limit CHECK (temp_limit >= 0),
	CONSTRAINT ck_customer_temp_to CHECK (temp_to IS NULL OR temp_from IS NULL OR temp_to >= temp_from),
	CONSTRAINT ck_customer_grace_days CHECK (grace_days >= 0),
	CONSTRAINT ck_customer_terms_days CHECK (terms_days BETWEEN 0 AND 720),
	CONSTRAINT ck_customer_terms_pay_day CHECK (terms_kind <> 'monthly'
		OR (terms_cut_day BETWEEN 1 AND 31 AND terms_pay_day BETWEEN 1 AND 31 AND terms_months BETWEEN 0 AND 12))
) COMMENT 'credit and terms; locked FOR UPDATE before anything that changes exposure';

CREATE TABLE IF NOT EXISTS customer_rep (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	valid_from DATE NOT NULL,
	valid_to DATE NULL COMMENT 'last day, inclusive; NULL is today''s owner',
	PRIMARY KEY (id),
	UNIQUE KEY uq_customer_rep_valid_from (party_id, valid_from),
	KEY ix_customer_rep_user (user_id, party_id),
	CONSTRAINT fk_customer_rep_party_id FOREIGN KEY (party_id) REFERENCES customer (party_id),
	CONSTRAINT fk_customer_rep_user_id FOREIGN KEY (user_id) REFERENCES app_user (id),
	CONSTRAINT ck_customer_rep_valid_to CHECK (valid_to IS NULL OR valid_to >= valid_from)
) COMMENT 'who looked after which customer when; written by customer_assign()';

CREATE TABLE IF NOT EXISTS price_list (
	id BIGINT NOT NULL AUTO_INCREMENT,
	code VARCHAR(20) NOT NULL,
	name VARCHAR(60) NOT NULL,
	scope ENUM('all','province','group','customer') NOT NULL COMMENT 'the narrower wins: customer, group, province, all',
	party_id BIGINT NULL,
	group_id BIGINT NULL,
	province CHAR(2) NULL,
	currency CHAR(3) NOT NULL DEFAULT 'CNY',
	priority SMALLINT NOT NULL DEFAULT 0 COMMENT 'within a scope the higher wins',
	valid_from DATE NOT NULL,
	valid_to DATE NULL COMMENT 'last valid day, inclusive',
	status ENUM('draft','active','closed') NOT NULL DEFAULT 'draft',
	note VARCHAR(200) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_price_list_code (code),
	KEY ix_price_list_party (party_id),
	KEY ix_price_list_group (group_id),
	KEY ix_price_list_scope (scope, province),
	CONSTRAINT fk_price_list_party_id FOREIGN KEY (party_id) REFERENCES customer (party_id),
	CONSTRAINT fk_price_list_group_id FOREIGN KEY (group_id) REFERENCES customer_group (id),
	CONSTRAINT ck_price_list_scope CHECK ((scope = 'customer') = (party_id IS NOT NULL)
		AND (scope = 'group') = (group_id IS NOT NULL) AND (scope = 'province') = (province IS NOT NULL)),
	CONSTRAINT ck_price_list_valid_to CHECK (valid_to IS NULL OR valid_to >= valid_from)
) COMMENT 'E11';

CREATE TABLE IF NOT EXISTS price_tier (
	id BIGINT NOT NULL AUTO_INCREMENT,
	price_list_id BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	min_qty INT NOT NULL DEFAULT 1 COMMENT 'from this quantity, sales units',
	price DECIMAL(18,4) NOT NULL COMMENT 'yuan per sales unit with VAT',
	floor_price DECIMAL(18,4) NULL COMMENT 'lowest price without a higher approval; NULL: product.floor_price',
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_price_tier_min_qty (product_id, price_list_id, min_qty),
	KEY ix_price_tier_list (price_list_id, product_id),
	CONSTRAINT fk_price_tier_price_list_id FOREIGN KEY (price_list_id) REFERENCES price_list (id),
	CONSTRAINT fk_price_tier_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT ck_price_tier_min_qty CHECK (min_qty >= 1),
	CONSTRAINT ck_price_tier_price CHECK (price > 0)
);

CREATE TABLE IF NOT EXISTS product_visibility (
	id BIGINT NOT NULL AUTO_INCREMENT,
	product_id BIGINT NULL COMMENT 'one product ...',
	product_group_id BIGINT NULL COMMENT '... or a whole group',
	scope ENUM('all','province','group','customer') NOT NULL,
	party_id BIGINT NULL,
	group_id BIGINT NULL,
	province CHAR(2) NULL,
	effect ENUM('allow','deny') NOT NULL,
	valid_from DATE NULL,
	valid_to DATE NULL COMMENT 'last valid day, inclusive',
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	KEY ix_product_visibility_product (product_id),
	CONSTRAINT fk_product_visibility_product_id FOREIGN KEY (product_id) REFERENCES product (id),
	CONSTRAINT fk_product_visibility_product_group_id FOREIGN KEY (product_group_id) REFERENCES product_group (id),
	CONSTRAINT fk_product_visibility_party_id FOREIGN KEY (party_id) REFERENCES customer (party_id),
	CONSTRAINT fk_product_visibility_group_id FOREIGN KEY (group_id) REFERENCES customer_group (id),
	CONSTRAINT ck_product_visibility_product_id CHECK ((product_id IS NULL) <> (product_group_id IS NULL)),
	CONSTRAINT ck_product_visibility_scope CHECK ((scope = 'customer') = (party_id IS NOT NULL)
		AND (scope = 'group') = (group_id IS NOT NULL) AND (scope = 'province') = (province IS NOT NULL))
) COMMENT 'E12: the narrowest rule decides, and at one width deny beats allow';

CREATE TABLE IF NOT EXISTS stock_policy (
	id BIGINT NOT NULL AUTO_INCREMENT,
	scope ENUM('all','role','group','customer') NOT NULL COMMENT 'the narrower wins: customer, group, role, all',
	buyer_role ENUM('distributor','hospital','pharmacy','chain','clinic') NULL,
	group_id BIGINT NULL,
	party_id BIGINT NULL,
	show_as ENUM('none','bands','figures') NOT NULL,
	show_lots TINYINT NOT NULL DEFAULT 0 COMMENT '1: lot and expiry too',
	scope_key VARCHAR(60) AS (CONCAT_WS(':', scope, buyer_role, group_id, party_id)) PERSISTENT
		COMMENT 'for the unique key',
	version INT NOT NULL DEFAULT 1,
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_stock_policy_scope (scope_key),
	CONSTRAINT fk_stock_policy_group_id FOREIGN KEY (group_id) REFERENCES customer_group (id),
	CONSTRAINT fk_stock_policy_party_id FOREIGN KEY (party_id) REFERENCES customer (party_id)
) COMMENT 'E14: what a buyer sees of our stock';
