"""The SQL of the dashboard."""

SALES_BY_REGION = """
select region, sum(amount) as amount
from sales
where year(sold_at) = ?
group by region
order by region
"""

LATEST_ORDERS = "select * from sales order by sold_at desc limit 100"
