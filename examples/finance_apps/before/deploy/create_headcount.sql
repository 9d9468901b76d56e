-- Run once, and after each change of the app's settings.
CREATE STAGE IF NOT EXISTS finance.apps.headcount DIRECTORY = (ENABLE = TRUE);

CREATE OR REPLACE STREAMLIT finance.apps.headcount
  ROOT_LOCATION = '@finance.apps.headcount'
  MAIN_FILE = '/headcount_app.py'
  QUERY_WAREHOUSE = REPORTING_WH
  TITLE = 'Headcount';

GRANT USAGE ON STREAMLIT finance.apps.headcount TO ROLE controllers;
