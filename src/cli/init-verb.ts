import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { quote } from "../shell/quote.ts";
import type { InitArguments } from "./init.ts";
import { manifest, packageFolder } from "./manifest.ts";
import { type NewFile, writeNewFiles } from "./new-files.ts";

/** A folder's name as npm takes it for a package. */
const packageName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|[._-]+$/g, "") || "servers";

/** This very weft: by its version where npm installed it, else by its folder. */
const weftFrom = (folder: string): string => {
  const own = packageFolder();
  if (own.includes(`${sep}node_modules${sep}`)) return `^${manifest().version}`;
  return `file:${relative(folder, own)}`;
};

const SITE = "weft run playbooks/site.ts -i inventory/hosts.ts";

const packageJson = (folder: string): string => {
  const { dependencies, devDependencies, engines } = manifest();
  const project = {
    name: packageName(folder),
    private: true,
    type: "module",
    engines,
    scripts: {
      check: `tsc && ${SITE} --list-hosts --list-tasks`,
      plan: `${SITE} --check --diff`,
      apply: `${SITE} --diff`,
    },
    // zod is what contracts are written in; weft hands playbooks its own copy of it.
    dependencies: { weft: weftFrom(folder), zod: dependencies.zod },
    devDependencies: {
      "@types/node": devDependencies["@types/node"],
      typescript: devDependencies.typescript,
    },
  };
  return `${JSON.stringify(project, undefined, 2)}\n`;
};

/** The files of templates/project. npm leaves a .gitignore out of packages: there it has no dot. */
const templates = (): readonly NewFile[] => {
  const folder = join(packageFolder(), "templates", "project");
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      const path = relative(folder, file);
      return { path: path === "gitignore" ? ".gitignore" : path, text: readFileSync(file, "utf8") };
    });
};

/**
 * Makes a project in a folder.
 *
 * @throws Problem that names the files which are there already, or that cannot be written
 */
export const initVerb = ({ folder: given }: InitArguments): void => {
  const folder = resolve(given);
  const files = [{ path: "package.json", text: packageJson(folder) }, ...templates()];
  writeNewFiles(folder, files);
  const made = files.map(({ path }) => `  ${path}\n`).sort();
  const enter = folder === process.cwd() ? "" : `cd ${quote(given)} && `;
  process.stdout.write(
    `made in ${given}:\n${made.join("")}\nNext: ${enter}npm install && npm run check\n`,
  );
};
