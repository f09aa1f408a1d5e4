-- A payment notice with its effect: the statements of SettlePayment, in its order. The orders are
-- made beforehand (`notice_orders.sql`): of each run and client, the n-th.
\set n :n + 1
\set a 1 + :n % :half
\set b 1 + :half + :n % :half
BEGIN;
INSERT INTO payment_notices (id, kind, received_at) VALUES ('evt_' || md5(:run || '-' || :client_id || '-' || :n), 'checkout.session.completed', now()) ON CONFLICT DO NOTHING RETURNING id;
SELECT * FROM orders JOIN order_lines ON order_lines.order_id = orders.id WHERE token = md5(:run || '-' || :client_id || '-' || :n) ORDER BY variant_id FOR UPDATE OF orders;
UPDATE reservations SET state = 'consumed' WHERE order_id = md5(:run || '-' || :client_id || '-' || :n)::uuid AND state = 'held';
SELECT variant_id, on_hand, reserved FROM shelves WHERE variant_id IN (:a, :b) ORDER BY variant_id FOR UPDATE;
UPDATE shelves SET on_hand = on_hand - 1, reserved = reserved - 1 WHERE variant_id IN (:a, :b);
INSERT INTO stock_movements (variant_id, change, reason, order_id, at, note) VALUES (:a, -1, 'sale', md5(:run || '-' || :client_id || '-' || :n)::uuid, now(), ''), (:b, -1, 'sale', md5(:run || '-' || :client_id || '-' || :n)::uuid, now(), '');
SELECT nextval('order_numbers') AS number \gset
INSERT INTO order_events (order_id, at, kind, facts, words) VALUES (md5(:run || '-' || :client_id || '-' || :n)::uuid, now(), 'paid', '{}', '');
INSERT INTO outbox (id, reaction, facts, created_at, due_at) VALUES (gen_random_uuid(), 'confirm_order', '{}', now(), now()), (gen_random_uuid(), 'report_sale', '{}', now(), now());
UPDATE orders SET number = :number, state = 'paid', captured = total, intent_id = 'pi_' || token, email = 'ada@example.org', buyer = '{"name": "Ada Lovelace"}', paid_at = now() WHERE id = md5(:run || '-' || :client_id || '-' || :n)::uuid AND state = ANY ('{awaiting,pending,paid,expired,failed}');
INSERT INTO money_ledger (order_id, amount, currency, reference, at) VALUES (md5(:run || '-' || :client_id || '-' || :n)::uuid, 1798, 'USD', 'pi', now()) RETURNING id;
SELECT id, sequel FROM payment_notices WHERE intent_id = 'pi_' || md5(:run || '-' || :client_id || '-' || :n) ORDER BY received_at, id;
UPDATE payment_notices SET outcome = 'paid', closed_at = now(), order_id = md5(:run || '-' || :client_id || '-' || :n)::uuid WHERE id = 'evt_' || md5(:run || '-' || :client_id || '-' || :n);
COMMIT;
