-- What `migrate verify --seed` gives the Snowflake emulator for this example.
create table amounts (region varchar, amount number(10, 2));
insert into amounts values ('North', 120), ('South', 80);
