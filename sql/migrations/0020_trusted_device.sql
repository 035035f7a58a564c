-- 0020: a browser two people share keeps both their devices; one that guesses
-- passwords is trusted no longer.

ALTER TABLE trusted_device ADD COLUMN IF NOT EXISTS failed_count INT NOT NULL DEFAULT 0
	COMMENT 'wrong passwords from it since the last right one';
ALTER TABLE trusted_device ADD UNIQUE KEY IF NOT EXISTS uq_trusted_device_user (token_hash, user_id);
ALTER TABLE trusted_device DROP KEY IF EXISTS uq_trusted_device_token_hash;
