-- What `migrate verify --seed` gives the Snowflake emulator for this example.
create table customers (name varchar);
insert into customers values ('Hansen'), ('Okafor');
create table invoices (number varchar, customer varchar, amount number(10, 2), due date);
insert into invoices values
    ('2026-001', 'Hansen', 1200.00, '2026-02-01'),
    ('2026-002', 'Okafor', 310.50, '2026-02-14'),
    ('2026-003', 'Okafor', 75.00, '2026-03-01');
create table people (name varchar, office varchar);
insert into people values ('Ada', 'Berlin'), ('Bo', 'Oslo'), ('Cem', 'Berlin');
