-- What `migrate verify --seed` gives the Snowflake emulator for this example.
create table sales (region varchar, amount number(10, 2), sold_at timestamp_ntz);
insert into sales values
    ('North', 120.50, '2026-01-15 16:45:00'),
    ('South', 80.00, '2026-02-20 12:00:00');
