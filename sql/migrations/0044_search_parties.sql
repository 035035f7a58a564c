-- 0044: parties are found by how their initials begin.

CREATE INDEX IF NOT EXISTS ix_party_pinyin ON party (pinyin, id);
