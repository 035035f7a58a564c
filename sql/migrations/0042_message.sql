-- 0042: messages of one person in the order they came.

CREATE INDEX IF NOT EXISTS ix_notification_user_id ON notification (user_id, id);
