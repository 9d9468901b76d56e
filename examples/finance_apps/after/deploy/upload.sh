#!/usr/bin/env bash
# Upload the headcount app; the invoices go with `snow streamlit deploy`.
set -euo pipefail
cd "$(dirname "$0")/../headcount"
snow stage copy headcount_app.py @finance.apps.headcount --overwrite
snow stage copy environment.yml @finance.apps.headcount --overwrite
snow sql -f ../deploy/create_headcount.sql
