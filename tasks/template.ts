import type { Content } from "./file/content.ts";
import { file } from "./file.ts";

type FileOptions = Omit<Parameters<typeof file>[0], "content">;

interface TemplateOptions<Vars> extends FileOptions {
  /** What the text is made from. */
  readonly vars: Vars;
  /** Makes the text, or a `secret()` one. Pure. */
  readonly render: (vars: Vars) => Content;
}

/**
 * A file whose text a function makes: a template literal with typed variables.
 *
 * @category Files
 *
 * @example
 * ```ts
 * template({
 *   path: "/etc/chrony.conf",
 *   vars: { servers: ["ntp1.example.com", "ntp2.example.com"] },
 *   render: ({ servers }) => servers.map((name) => `server ${name} iburst\n`).join(""),
 * })
 * ```
 *
 * @throws what `render` throws, before any host is touched
 */
export const template = <Vars>({ vars, render, ...options }: TemplateOptions<Vars>) => ({
  ...file({ ...options, content: render(vars) }),
  title: `template ${options.path}`,
});
