#!/bin/sh
# Runs a command beside a true IPP printer that nothing outside can see:
#
#     tests/ippeve/printer.sh COMMAND [ARGUMENTS]
#
# The printer is ippeveprinter (Debian: cups-ipp-utils). It needs avahi on a system bus, so it gets its own of
# both, in a network namespace that holds only loopback and a process namespace that takes everything with it
# when the command ends. The command finds REFILL_TEST_PRINTER (an ipp:// address) in its environment, and the
# printer by mDNS on the loopback interface. The exit status is the command's; 69 means that the printer could not be
# started, with the reason on standard error.
#
# REFILL_PRINTER_CONF names another attribute file than printer.conf. PRINTER_LOGS names a folder that keeps the logs.
# Needs root, ippeveprinter and ipptool, avahi-daemon, dbus-daemon, ip (iproute2), unshare (util-linux).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
port=8632
uri="ipp://localhost:$port/ipp/print"

fail() {
    echo "printer.sh: $*" >&2
    exit 69
}

PATH="$PATH:/usr/sbin:/sbin"

if [ "${1:-}" != --inside ]; then
    [ $# -gt 0 ] || fail "no command given"
    [ "$(id -u)" -eq 0 ] || fail "needs root, for its own network and because avahi changes owners; use sudo"
    for tool in ippeveprinter ipptool avahi-daemon dbus-daemon ip unshare; do
        command -v "$tool" >/dev/null ||
            fail "$tool is missing (Debian packages: cups-ipp-utils avahi-daemon dbus-daemon iproute2 util-linux)"
    done
    run=$(mktemp -d)
    # unshare itself ignores SIGTERM while it waits, so this shell waits instead. Its end takes the whole process
    # namespace with it.
    exec 3<&0 # a background process would otherwise read from nowhere
    unshare --net --mount --pid --fork --kill-child --mount-proc \
        "$here/printer.sh" --inside "$run" "$@" <&3 3<&- &
    child=$!
    stop() {
        kill -KILL "$child" 2>/dev/null || :
        wait "$child" 2>/dev/null || :
        rm -rf "$run"
        exit "$1"
    }
    trap 'stop 129' HUP
    trap 'stop 130' INT
    trap 'stop 143' TERM
    status=0
    wait "$child" || status=$?
    rm -rf "$run"
    exit "$status"
fi
run=$2
shift 2
logs=${PRINTER_LOGS:-$run}
mkdir -p "$logs"

ip link set lo up
ip link set lo multicast on
ip route add 224.0.0.0/4 dev lo
# avahi keeps its socket and pid file here; an avahi of the machine must not be disturbed.
mkdir -p /run/avahi-daemon
mount -t tmpfs tmpfs /run/avahi-daemon

cat >"$run/bus.conf" <<BUS
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=$run/bus.sock</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_requested_reply="true"/>
    <allow receive_requested_reply="true"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
BUS
cat >"$run/avahi.conf" <<AVAHI
[server]
host-name=refill-test
allow-interfaces=lo
use-ipv4=yes
use-ipv6=no
[publish]
publish-hinfo=no
publish-workstation=no
AVAHI

# Waits up to ten seconds for a command to succeed while process $1 lives.
await() {
    pid=$1
    shift
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$pid" 2>/dev/null; then
            tail -n 20 "$logs"/*.log >&2 || :
            fail "could not start the printer: no success from: $*"
        fi
        sleep 0.1
    done
}

dbus-daemon --config-file="$run/bus.conf" --nofork --nopidfile >"$logs/dbus.log" 2>&1 &
await $! test -S "$run/bus.sock"

export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$run/bus.sock"
avahi-daemon -f "$run/avahi.conf" --no-drop-root --no-chroot --no-rlimits >"$logs/avahi.log" 2>&1 &
await $! grep -q "Server startup complete" "$logs/avahi.log"

mkdir "$run/keys" "$run/spool"
ippeveprinter -p $port -n localhost -a "${REFILL_PRINTER_CONF:-$here/printer.conf}" -K "$run/keys" -d "$run/spool" \
    "Refill Test Printer" >"$logs/printer.log" 2>&1 &
cat >"$run/answers.test" <<'TEST'
{
    NAME "The printer answers"
    OPERATION Get-Printer-Attributes
    GROUP operation-attributes-tag
    ATTR charset attributes-charset utf-8
    ATTR language attributes-natural-language en
    ATTR uri printer-uri $uri
    STATUS successful-ok
}
TEST
await $! ipptool -q -T 2 "$uri" "$run/answers.test"

# The private system bus is not for the command.
unset DBUS_SYSTEM_BUS_ADDRESS
export REFILL_TEST_PRINTER="$uri"
status=0
"$@" || status=$?
exit "$status"
