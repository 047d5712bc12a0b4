import { change, sh, TaskError, task } from "weft";

interface SelinuxBooleanOptions {
  /** As `getsebool -a` lists it. */
  readonly name: string;
  /** Default: true. */
  readonly on?: boolean;
}

const states = ["on", "off", "disabled", "absent"] as const;

/**
 * A switch of SELinux's policy, now and at boot. A host without SELinux needs none, which is said.
 *
 * @category System
 *
 * @example
 * ```ts
 * selinuxBoolean({ name: "httpd_can_network_connect" })
 * ```
 */
export const selinuxBoolean = ({ name, on = true }: SelinuxBooleanOptions) => {
  const wanted = on ? "on" : "off";
  return task({
    title: `SELinux boolean ${name} ${wanted}`,
    probe: {
      // What setsebool -P keeps is what getsebool tells until somebody sets it without -P.
      command: sh`
if ! command -v getsebool >/dev/null 2>&1; then echo state=absent
elif [ "$(getenforce)" = Disabled ]; then echo state=disabled
else getsebool ${name} | sed 's/.* --> /state=/'; fi`,
      parse: ({ stdout, stderr }) => {
        const state = states.find((it) => stdout.trim() === `state=${it}`);
        if (state === undefined) {
          throw new TaskError(`SELinux does not tell ${name}: ${stderr.trim()}`);
        }
        return state;
      },
    },
    plan: (now) =>
      change(
        now !== wanted && now !== "absent" && now !== "disabled",
        `switch ${name} ${wanted}`,
        sh`setsebool -P ${name} ${wanted}`,
      ),
    report: (now) =>
      now === "absent" || now === "disabled"
        ? `SELinux is ${now} on this host: nothing to do`
        : undefined,
  });
};
