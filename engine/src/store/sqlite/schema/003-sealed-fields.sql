-- Sealed fields.

-- Encrypted disclosures as `kid:base64url`, joined by spaces; empty where there are none, or none any more. What sealed
-- something in an event is a link of it (p:), also afterwards.
ALTER TABLE event ADD COLUMN secrets TEXT NOT NULL DEFAULT '';
