#!/bin/sh
# Makes the secrets that docker-compose.yml reads, in deploy/secrets; those that are there stay as they are.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
for name in actions_key postgres_password; do
    if [ ! -s "secrets/$name" ]; then
        openssl rand -hex 32 > "secrets/$name.new"
        # The folder keeps other users out; the users of the containers have to read the file itself.
        chmod 644 "secrets/$name.new"
        mv "secrets/$name.new" "secrets/$name"
    fi
done
