# shellcheck shell=bash disable=SC2034
# An sshd of our own on loopback, for the checks: by a key that is made for it.

# Sets SSHD_PID; the key is FOLDER/key. Further lines are for its configuration.
begin_sshd() { # FOLDER PORT [LINE...]
	local folder=$1 port=$2 i
	shift 2
	ssh-keygen -q -t ed25519 -N '' -f "$folder/key" && ssh-keygen -q -t ed25519 -N '' -f "$folder/host-key" || return
	chmod 700 "$folder"
	mkdir -p /run/sshd
	cat >"$folder/sshd_config" <<END
ListenAddress 127.0.0.1
Port $port
HostKey $folder/host-key
AuthorizedKeysFile $folder/key.pub
PidFile none
StrictModes no
PermitRootLogin prohibit-password
UsePAM no
Subsystem sftp internal-sftp
END
	printf '%s\n' "$@" >>"$folder/sshd_config"
	/usr/sbin/sshd -D -e -f "$folder/sshd_config" 2>"$folder/sshd.log" &
	SSHD_PID=$!
	for ((i = 0; i < 100; i++)); do
		ssh-keyscan -p "$port" 127.0.0.1 >/dev/null 2>&1 && return
		sleep 0.1
	done
	cat "$folder/sshd.log"
	return 1
}
