# shellcheck shell=bash
# What the scripts of conf and tests share.  Callers set home, build and supervise.
# shellcheck disable=SC2154
# Debian gives ordinary users no sbin; mariadbd and nginx are there.
PATH=$PATH:/usr/sbin:/sbin
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say()
{
	echo "xiaoao: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# The packages of the given parts of conf/packages.
packages_of()
{
	local part
	for part; do
		sed -n "/^\[$part\]/,/^\[/{/^[[#]/!p}" "$top/conf/packages"
	done | tr -s ' \n' '\n'
}

# Installs what is missing of these packages; an ordinary user is told what to ask for.
packages_install()
{
	local package installed missing=()
	installed=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' "$@" 2> /dev/null || true)"
	for package; do
		[ "$package" = npm ] && command -v npm > /dev/null && continue
		[[ $installed == *" $package:installed "* ]] || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ]; then
		say "some Debian packages are missing; as root:"
		die "apt-get install --no-install-recommends ${missing[*]}"
	fi
	say "installing ${missing[*]}"
	services_forbid
	{
		apt-get -q update
		DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}"
	} >&2
	services_allow
}

# The same for the given parts of conf/packages.
packages_need()
{
	local list
	mapfile -t list < <(packages_of "$@")
	packages_install "${list[@]}"
}

# Debian starts a service as soon as it is installed; an instance needs none.
policy=/usr/sbin/policy-rc.d

services_forbid()
{
	[ ! -e $policy ] || return 0
	printf '#!/bin/sh\n# conf/run: for the time of an installation\nexit 101\n' > $policy
	chmod 755 $policy
	trap services_allow EXIT
}

services_allow()
{
	! grep -qs '^# conf/run:' $policy || rm $policy
}

# Root's checkout may lie where mysql and www-data cannot reach it.
home_choose()
{
	local chosen=${1:-$top/.run}
	if [ -z "$1" ] && [ "$(id -u)" = 0 ] && ! runuser -u www-data -- test -x "$top"; then
		chosen=/var/lib/xiaoao-demo
	fi
	mkdir -p "$chosen"
	(cd "$chosen" && pwd)
}

build_all()
{
	local switch=()
	[ "${sanitizers:-no}" = no ] || switch=(--enable-sanitizers)
	[ "${werror:-no}" = no ] || switch+=(--enable-werror)
	mkdir -p "$build"
	[ -x "$top/configure" ] || (cd "$top" && autoreconf -i) > "$build/autoreconf.log" 2>&1 ||
		die "autoreconf failed: see $build/autoreconf.log"
	[ -f "$build/Makefile" ] || (cd "$build" && "$top/configure" -q "${switch[@]}") ||
		die "configure failed"
	make -C "$build" -s -j"$(nproc)" || die "make failed"
}

# The programs of a site that are built: what lies there and can be run; of those $only, if any.
programs()
{
	[ ! -d "$(program_path "$1")" ] ||
		find "$(program_path "$1")" -maxdepth 1 -type f -perm -u+x -printf '%f\n' | sort |
			awk -v only=" ${only:-} " 'only ~ /^ *$/ || index(only, " " $0 " ")'
}

program_path()
{
	local folder=cgi
	case $1 in
	jobs) folder=cgi/jobs ;;
	portal) folder=portal ;;
	esac
	echo "$build/$folder${2:+/$2}"
}

# Sockets are named relative to the instance's folder: a path has 107 bytes.
database()
{
	(cd "$home" && mariadb --no-defaults --socket=sock/db.sock --default-character-set=utf8mb4 \
		--user="$(id -un)" "$@")
}

database_up()
{
	(cd "$home" && mariadb-admin --no-defaults --socket=sock/db.sock --user="$(id -un)" \
		--connect-timeout=2 ping) > /dev/null 2>&1
}

running()
{
	[ -x "$supervise" ] && "$supervise" "$home" status > /dev/null 2>&1
}

listening()
{
	(exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

# Whether GET PATH on that port is answered with 200.
answers()
{
	local status=''
	{
		exec 3<> "/dev/tcp/127.0.0.1/$1"
		printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
		read -r status <&3
		exec 3>&-
	} 2> /dev/null
	[[ $status == *" 200 "* ]]
}

# wait_for SECONDS COMMAND...
wait_for()
{
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}
