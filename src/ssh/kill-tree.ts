/** Printed before the list of what is left, to tell it from what the host's rc files say. */
const DONE = "weft-killed:";

const GRACE_MS = 2_000;

/** Short waits first, for most commands end at once; seconds, together about so many milliseconds. */
const pauses = (ms: number): string =>
  ["0.02", "0.03", "0.05", ...Array.from({ length: Math.floor(ms / 100) - 1 }, () => "0.1")].join(
    " ",
  );

/**
 * POSIX sh that ends every process below the one with the number `$1`, and not that one itself.
 *
 * It walks /proc with builtins and `cat`: `ps` differs between hosts and is missing on some, and
 * `read` takes a call of the system for every byte. Source:
 * proc(5), /proc/pid/stat: number, name in parentheses (which may hold anything), state, parent,
 * ..., start time as field 22. A process is known by number and start time, for numbers come again.
 *
 * First it tells the shell (USR1) to skip the rest of its script. Then all are stopped, parents
 * before children, until no new ones turn up: what is stopped starts no more. TERM follows, and
 * KILL after a while for those that are left. One whose parent has ended meanwhile is still followed;
 * a daemon that had left the tree before is not touched.
 *
 * @param graceMs milliseconds from TERM to KILL
 */
export const killScript = (graceMs = GRACE_MS): string => `root=$1 targets=' ' known= live= new=
set -f
scan() {
  all= text=
  IFS='
'
  for line in $(set +f; cat /proc/[0-9]*/stat); do
    IFS=' '
    text="$text$line "
    set -- \${text##*) }
    # A line end in the name: the rest of this process is in the next line.
    [ $# -ge 20 ] || continue
    case $1 in Z|X|x) ;; *) all="$all \${text%% *}/\${20}/$2";; esac
    text=
  done
  IFS=' '
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
# Sleeps so many seconds each, one by one, as long as something is left.
await() {
  whole=0
  for pause in "$@"; do
    grow
    [ -n "$live$new" ] || return 0
    # A sleep that knows no fractions takes its seconds whole, so two of them must do.
    sleep "$pause" || { sleep 1; whole=$((whole + 1)); [ "$whole" -lt 2 ] || return 0; }
  done
}
exec 2>/dev/null
kill -USR1 "$root"
freeze
signal TERM
signal CONT
await ${pauses(graceMs)}
if [ -n "$live$new" ]; then
  freeze
  signal KILL
  await ${pauses(1_000)}
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
