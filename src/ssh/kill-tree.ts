/** Printed before the list of what is left, to tell it from what the host's rc files say. */
const DONE = "weft-killed:";

/**
 * POSIX sh that ends every process below the one with the number `$1`, and not that one itself.
 *
 * It walks /proc with builtins alone: `ps` differs between hosts and is missing on some. Source:
 * proc(5), /proc/pid/stat: number, name in parentheses (which may hold anything), state, parent,
 * ..., start time as field 22. A process is known by number and start time, for numbers come again.
 *
 * First it tells the shell (USR1) to skip the rest of its script. Then all are stopped, parents
 * before children, until no new ones turn up: what is stopped starts no more. TERM follows, and
 * KILL after 2 s for those that are left. One whose parent has ended meanwhile is still followed;
 * a daemon that had left the tree before is not touched.
 */
export const KILL_SCRIPT = `root=$1 targets=' ' known= live= new=
scan() {
  all=
  for stat in /proc/[0-9]*/stat; do
    text=
    { while IFS= read -r part; do text="$text$part "; done <"$stat"; } 2>/dev/null
    [ -n "$text" ] || continue
    pid=\${text%% *}
    set -- \${text##*) }
    case $1 in Z|X|x) continue;; esac
    all="$all $pid/\${20}/$2"
  done
}
grow() {
  scan
  known=" $root " live= new=
  for process in $all; do
    id=\${process%/*}
    case $targets in *" $id "*) live="$live \${id%/*}" known="$known\${id%/*} ";; esac
  done
  more=1
  while [ -n "$more" ]; do
    more=
    for process in $all; do
      id=\${process%/*} parent=\${process##*/}
      case $known in *" \${id%/*} "*) continue;; esac
      case $known in *" $parent "*)
        known="$known\${id%/*} " new="$new \${id%/*}" targets="$targets$id " more=1;;
      esac
    done
  done
}
freeze() {
  grow
  while [ -n "$new" ]; do
    for pid in $new; do kill -STOP "$pid"; done
    grow
  done
}
signal() { for pid in $live; do kill "-$1" "$pid"; done; }
# Up to $1 times 50 ms, as long as something is left.
await() {
  ticks=$1
  while [ "$ticks" -gt 0 ]; do
    grow
    [ -n "$live$new" ] || return 0
    sleep 0.05 2>/dev/null || { sleep 1; ticks=$((ticks - 19)); }
    ticks=$((ticks - 1))
  done
}
exec 2>/dev/null
kill -USR1 "$root"
freeze
signal TERM
signal CONT
await 40
if [ -n "$live$new" ]; then
  freeze
  signal KILL
  await 20
fi
grow
echo "${DONE}$live$new"
`;

/** The process numbers that the script reports as still there; `undefined` where it did not come to its end. */
export const survivors = (stdout: string): readonly number[] | undefined => {
  const line = stdout.split("\n").find((one) => one.startsWith(DONE));
  return line
    ?.slice(DONE.length)
    .split(" ")
    .filter((word) => word !== "")
    .map(Number);
};
