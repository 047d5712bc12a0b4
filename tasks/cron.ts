import { TaskError } from "weft";
import { absent as absentPath } from "./absent.ts";
import { file } from "./file.ts";

interface CronOptions {
  /** Names the job's file in /etc/cron.d: letters, digits, "_" and "-". */
  readonly name: string;
  /** Minute, hour, day of month, month and day of week as crontab(5) has them, or "@daily" and the like. */
  readonly schedule: string;
  /** A shell command, on one line. */
  readonly run: string;
  /** Default: "root". */
  readonly user?: string;
  /** Variables for the command. */
  readonly environment?: Readonly<Record<string, string>>;
  /** True: no such job. Default: false. */
  readonly absent?: boolean;
}

/** The text of the job's file. A bare "%" would be a line end to cron. */
export const cronText = (options: CronOptions): string => {
  const { schedule, run, user = "root", environment = {} } = options;
  return [
    "# Written by weft: the next run takes changes back.",
    ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
    `${schedule} ${user} ${run.replaceAll("%", "\\%")}`,
    "",
  ].join("\n");
};

/**
 * A job in a file of its own in /etc/cron.d, which cron reads by itself within a minute.
 *
 * @category System
 *
 * @example
 * ```ts
 * cron({ name: "backup", schedule: "30 2 * * *", run: "/usr/local/bin/backup", user: "backup" })
 * ```
 *
 * @throws TaskError for a name or a schedule that cron would pass over
 */
export const cron = (options: CronOptions) => {
  const { name, schedule, run, absent = false } = options;
  if (!/^[A-Za-z0-9_-]+$/.test(name)) {
    throw new TaskError(`"${name}" cannot be a cron job's name: cron would pass its file over`, {
      hint: 'Use letters, digits, "_" and "-" only.',
    });
  }
  if (!/^(@[a-z]+|[\w*,/-]+( +[\w*,/-]+){4})$/.test(schedule)) {
    throw new TaskError(`"${schedule}" is no schedule of a cron job`, {
      hint: 'Give five fields, "30 2 * * *" for 2:30 every night, or "@daily".',
    });
  }
  if (/\n/.test(run + Object.values(options.environment ?? {}).join(""))) {
    throw new TaskError(`cron job ${name}: a command must be one line`);
  }
  const path = `/etc/cron.d/${name}`;
  const title = `${absent ? "no cron job" : "cron job"} ${name}`;
  return absent
    ? { ...absentPath({ path }), title }
    : {
        ...file({ path, content: cronText(options), mode: "644", owner: "root", group: "root" }),
        title,
      };
};
