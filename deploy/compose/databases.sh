#!/bin/sh
# Run once by the PostgreSQL image, as its administrator, when the data folder is empty: a database per service with an
# owner that migrates it and a role that runs on it. The same as shared/db/provision.py; a test compares the two.
set -eu

password_of() {
  printenv "$(printf '%s' "$1" | tr '[:lower:]' '[:upper:]')_PASSWORD"
}

sql() {
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" "$@"
}

for service in registry services_hall grid indicators; do
  owner_password=$(password_of "${service}_owner") service_password=$(password_of "${service}_service")
  export owner_password service_password
  sql --dbname postgres --set service="$service" --set owner="${service}_owner" --set role="${service}_service" <<'SQL'
\getenv owner_password owner_password
\getenv service_password service_password
CREATE ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'owner_password';
CREATE ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'service_password';
CREATE DATABASE :"service" OWNER :"owner" TEMPLATE template0 ENCODING 'UTF8' STRATEGY wal_log;
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"role";
\connect :"service"
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"role";
SQL
done

sql --dbname postgres <<'SQL'
\getenv password KEYCLOAK_DATABASE_PASSWORD
CREATE ROLE keycloak LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE keycloak OWNER keycloak TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE keycloak FROM PUBLIC;
SQL
