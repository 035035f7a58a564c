-- 0002: who we deal with. One legal party may play several roles (DOMAIN 0,
-- 1.1); chains and branches are parties with a parent.

CREATE TABLE IF NOT EXISTS party (
	id BIGINT NOT NULL AUTO_INCREMENT,
	code VARCHAR(20) NOT NULL COMMENT 'our number of the party',
	name VARCHAR(120) NOT NULL COMMENT 'legal name',
	short_name VARCHAR(40) NULL,
	pinyin VARCHAR(80) NULL COMMENT 'initials, for search',
	kind ENUM('company','institution','person') NOT NULL DEFAULT 'company',
	uscc CHAR(18) NULL COMMENT 'unified social credit code',
	region_code VARCHAR(12) NULL,
	province CHAR(2) NULL COMMENT 'first two digits of the region, for price and visibility scopes',
	parent_id BIGINT NULL COMMENT 'chain or group it is a branch of',
	phone VARCHAR(30) NULL,
	email VARCHAR(120) NULL,
	address VARCHAR(200) NULL COMMENT 'registered address',
	bank_name VARCHAR(80) NULL,
	bank_account VARCHAR(40) NULL COMMENT 'registered account: payer of receipts (GSP)',
	national_grade VARCHAR(10) NULL COMMENT 'hospital grade such as 三级甲等; NULL is not graded',
	distributor_level TINYINT NULL COMMENT '1 to 6, DOMAIN 1.1',
	status ENUM('active','blocked','closed') NOT NULL DEFAULT 'active',
	note VARCHAR(400) NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_party_code (code),
	UNIQUE KEY uq_party_uscc (uscc),
	KEY ix_party_name (name),
	KEY ix_party_parent (parent_id, id),
	KEY ix_party_region (region_code, id),
	CONSTRAINT fk_party_region_code FOREIGN KEY (region_code) REFERENCES region (code),
	CONSTRAINT fk_party_parent_id FOREIGN KEY (parent_id) REFERENCES party (id),
	CONSTRAINT ck_party_uscc CHECK (uscc IS NULL OR uscc RLIKE '(?-i)^[0-9A-HJ-NPQRTUWXY]{18}$')
) COMMENT 'legal parties: ourselves, manufacturers, distributors, hospitals, chains, carriers';

CREATE TABLE IF NOT EXISTS party_role (
	party_id BIGINT NOT NULL,
	role ENUM('manufacturer','distributor','agent','hospital','pharmacy','chain','clinic','carrier','company') NOT NULL,
	since DATE NULL,
	PRIMARY KEY (party_id, role),
	KEY ix_party_role_role (role, party_id),
	CONSTRAINT fk_party_role_party_id FOREIGN KEY (party_id) REFERENCES party (id)
) COMMENT 'company is ourselves';

CREATE TABLE IF NOT EXISTS party_address (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL,
	branch_id BIGINT NULL COMMENT 'branch that receives here',
	kind ENUM('ship','bill') NOT NULL DEFAULT 'ship',
	name VARCHAR(60) NOT NULL COMMENT 'store or dock',
	contact VARCHAR(40) NOT NULL COMMENT 'receiver',
	phone VARCHAR(30) NOT NULL,
	region_code VARCHAR(12) NULL,
	address VARCHAR(200) NOT NULL,
	is_default TINYINT NOT NULL DEFAULT 0,
	status ENUM('active','closed') NOT NULL DEFAULT 'active',
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_party_address_party (party_id, id),
	CONSTRAINT fk_party_address_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_party_address_branch_id FOREIGN KEY (branch_id) REFERENCES party (id),
	CONSTRAINT fk_party_address_region_code FOREIGN KEY (region_code) REFERENCES region (code)
) COMMENT 'ship-to address book';

CREATE TABLE IF NOT EXISTS licence_kind (
	kind VARCHAR(30) NOT NULL,
	name VARCHAR(60) NOT NULL,
	scoped TINYINT NOT NULL DEFAULT 0 COMMENT '1: the scope of the document limits what may be sold',
	seq SMALLINT NOT NULL DEFAULT 0,
	PRIMARY KEY (kind)
) COMMENT 'documents of the first-operation file 首营';

CREATE TABLE IF NOT EXISTS licence_requirement (
	buyer_role ENUM('distributor','hospital','pharmacy','chain','clinic') NOT NULL,
	kind VARCHAR(30) NOT NULL,
	PRIMARY KEY (buyer_role, kind),
	CONSTRAINT fk_licence_requirement_kind FOREIGN KEY (kind) REFERENCES licence_kind (kind)
) COMMENT 'what a buyer in this role must hold before he may order';

CREATE TABLE IF NOT EXISTS party_licence (
	id BIGINT NOT NULL AUTO_INCREMENT,
	party_id BIGINT NOT NULL,
	kind VARCHAR(30) NOT NULL,
	number VARCHAR(60) NOT NULL,
	issued_by VARCHAR(80) NULL,
	issued_on DATE NULL,
	expires_on DATE NULL COMMENT 'last valid day, inclusive; NULL does not expire',
	status ENUM('waiting','approved','rejected','withdrawn') NOT NULL DEFAULT 'waiting',
	approved_by BIGINT NULL COMMENT 'quality staff, not the one who entered it',
	approved_at DATETIME(6) NULL,
	attachment_id BIGINT NULL,
	note VARCHAR(200) NULL,
	created_by BIGINT NULL,
	version INT NOT NULL DEFAULT 1,
	created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
	updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
	PRIMARY KEY (id),
	UNIQUE KEY uq_party_licence_number (party_id, kind, number),
	KEY ix_party_licence_expires (expires_on, id),
	CONSTRAINT fk_party_licence_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_party_licence_kind FOREIGN KEY (kind) REFERENCES licence_kind (kind),
	CONSTRAINT fk_party_licence_attachment_id FOREIGN KEY (attachment_id) REFERENCES attachment (id),
	CONSTRAINT ck_party_licence_expires_on CHECK (expires_on IS NULL OR issued_on IS NULL OR expires_on >= issued_on),
	CONSTRAINT ck_party_licence_approved_by CHECK (approved_by IS NULL OR created_by IS NULL OR approved_by <> created_by)
) COMMENT 'licences and documents with expiry; an expired one blocks sale (E10)';

CREATE TABLE IF NOT EXISTS party_licence_scope (
	licence_id BIGINT NOT NULL,
	scope VARCHAR(20) NOT NULL COMMENT 'product.licence_scope: chemical, tcm, biological, cold, psychotropic2 ...',
	PRIMARY KEY (licence_id, scope),
	CONSTRAINT fk_party_licence_scope_licence_id FOREIGN KEY (licence_id) REFERENCES party_licence (id)
		ON DELETE CASCADE
) COMMENT 'business scope 经营范围 of a licence';
