import { statePath } from "./declared.ts";
import { UNSETTLED } from "./restore.ts";

/** Where the agent's program is on the host. */
export const agentPath = "/usr/local/libexec/weft/agent";

/**
 * Has `nic restore` run whenever something happened to containers or to Open vSwitch's devices, once a
 * minute, and again soon where it could not do everything.
 *
 * - It sleeps in reads: Docker's and the kernel's events wake it.
 * - Events are no news but a reason to look at everything. However many come, one look at most is waiting:
 *   who makes the directory "due" says so, and it is removed before the look begins.
 * - A second goes by before a look, so that a burst is one look, and the run of a playbook that starts a
 *   container attaches its NICs itself. One that has just written another state is waited for ("settled").
 * - `docker events --since` closes the gap between two streams. A stopped dockerd is not called: its
 *   socket would have systemd start it.
 * - The service manager starts it again where it ends, and ends what is left of it.
 */
export const agent = `#!/bin/sh
# Written by weft: the next run takes changes back.
# agent: keeps containers' NICs as ${statePath} declares them
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
run=/var/run/weft

due() { if mkdir "$run/due" 2>/dev/null; then echo due; fi; }

docker_runs() { [ ! -d /run/systemd/system ] || systemctl is-active --quiet docker.service; }
watch_containers() {
  while :; do
    until docker_runs; do sleep 3; done
    since=$(date +%s)
    due
    docker events --since "$since" --filter event=start --filter event=die --filter event=destroy 2>/dev/null |
      while read -r _; do due; done
    sleep 2
  done
}

# Docker's own devices come and go with containers, which Docker tells itself.
watch_devices() {
  while :; do
    ip monitor link | while read -r line; do
      case $line in *": veth"*) ;; *[0-9]": "*) due ;; esac
    done
    sleep 5
  done
}

# And the others: an agent that has lost one of them ends, to be started again.
watch_clock() {
  count=0
  while sleep 5; do
    kill -0 "$1" && kill -0 "$2" || kill "$$"
    count=$((count + 1))
    if [ -e "$run/retry" ] || [ $((count % 12)) -eq 0 ]; then due; fi
  done
}

mkdir -p "$run" && rm -rf "$run/due" "$run/retry" || exit 1
# The log, which the pipe below must not take.
exec 3>&1
{
  watch_containers & containers=$!
  watch_devices & devices=$!
  watch_clock "$containers" "$devices"
} | {
  said=
  while read -r _; do
    sleep 1
    rmdir "$run/due"
    while
      complaints=$(/usr/local/libexec/weft/nic restore settled 2>&1 >&3)
      status=$?
      [ $status -eq ${UNSETTLED} ]
    do sleep 1; done
    if [ $status -eq 0 ]; then rm -f "$run/retry"; else : >"$run/retry"; fi
    # The same once more is no news.
    [ -z "$complaints" ] || [ "$complaints" = "$said" ] || echo "$complaints"
    said=$complaints
  done
}
`;
