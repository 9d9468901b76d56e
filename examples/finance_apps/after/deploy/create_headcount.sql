-- Run once, and after each change of the app's settings.
CREATE STAGE IF NOT EXISTS finance.apps.headcount DIRECTORY = (ENABLE = TRUE);

CREATE OR REPLACE STREAMLIT finance.apps.headcount
  FROM '@finance.apps.headcount'
  MAIN_FILE = 'headcount_app.py'
  RUNTIME_NAME = 'SYSTEM$ST_CONTAINER_RUNTIME_PY3_11'
  COMPUTE_POOL = SYSTEM_COMPUTE_POOL_CPU
  ARTIFACT_REPOSITORIES = (snowflake.snowpark.pypi_shared_repository)
  QUERY_WAREHOUSE = REPORTING_WH
  TITLE = 'Headcount';
ALTER STREAMLIT finance.apps.headcount ADD LIVE VERSION FROM LAST;

GRANT USAGE ON STREAMLIT finance.apps.headcount TO ROLE controllers;
