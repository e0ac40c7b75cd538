"""Mail: written as rows in the caller's transaction, delivered afterwards by SMTP, kept for a look in development.

A feature calls `outbox.Outbox.post` with its open transaction, so a mail leaves exactly when what it tells of was
committed. `delivery.Delivery` sends what is due. What a mail says is `templates`; which mails there are is `letter`.
"""
