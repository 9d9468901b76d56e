-- What `migrate verify --seed` gives the Snowflake emulator for this example.
create table budget (department varchar, amount number(12, 2));
insert into budget values ('Marketing', 120000), ('Operations', 340000), ('Research', 210000);
